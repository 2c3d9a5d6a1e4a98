import type { ProtectedRoute } from '@sallyport/guard'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stagePolicy } from './iam-policy.ts'
import { keptPolicies } from './kept-policies.ts'
import { policyPlan } from './policy-plan.ts'

const rule = { access: 'signed-in' } as const
const routes: readonly ProtectedRoute[] = [
  { method: 'GET', path: '/posts', rule },
  { method: 'POST', path: '/posts', rule },
  { method: 'ANY', path: '/posts/{id}', rule },
  { method: 'DELETE', path: '/vault', rule },
]
const plan = policyPlan({ routes, undeclaredPaths: 'not-routed' })
const stageArn = (stage: string): string => `arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/${stage}`

test('a policy that was kept is the one that would be written, whatever came before', () => {
  const step = fc.record({ stage: fc.constantFrom('dev', 'live', 'live-'), rights: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const policies = keptPolicies(plan, routes)
      for (const { stage, rights } of steps) {
        const mayCall = (route: ProtectedRoute): boolean => rights[routes.indexOf(route)] === true
        expect(policies(stageArn(stage), mayCall)).toEqual(stagePolicy(stageArn(stage), plan, mayCall))
      }
    }),
  )
})

test('is written once, can be changed by nobody, and is written anew when too many have been met', () => {
  const policies = keptPolicies(plan, routes)
  const first = policies(stageArn('live'), () => true)
  expect(policies(stageArn('live'), () => true)).toBe(first)
  expect([first, first.Statement, first.Statement[0], first.Statement[0].Resource].every((part) => Object.isFrozen(part))).toBe(true)
  for (let index = 0; index < 256; index++) policies(stageArn(`stage${index}`), () => true)
  const again = policies(stageArn('live'), () => true)
  expect(again).not.toBe(first)
  expect(again).toEqual(first)
})
