import {
  describeGuard,
  describeHostedGuard,
  guardClauses,
  openGuardTrial,
  runClause,
  type GuardHarness,
  type GuardParts,
} from '@sallyport/conformance'
import { guard, protectedRoutes, type GuardRefusal } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front } from '../testing/fronts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { hosted, memoryDomain } from '../testing/kit-parts.ts'
import { lambdaGuard } from './lambda-guard.ts'

/** A function of somebody's behind a front, which answers with who was let in. The refusal is read off the guard, the verdict off the answer that the front has read. */
function harnessOf(front: Front, singleValueHeaders = false): GuardHarness {
  return {
    domain: memoryDomain,
    transports: ['bearer', 'cookie'],
    method: 'as-sent',
    mount: async (parts: GuardParts) => {
      let refusal: GuardRefusal | 'refused' = 'refused'
      const decide = guard(parts)
      const run = lambdaGuard({
        guard: async (request, rule) => {
          const decision = await decide(request, rule)
          if (!decision.allowed) refusal = decision.refusal
          return decision
        },
        singleValueHeaders,
        onError: () => {},
      })(protectedRoutes(parts.routes), async (_event: object, _context, principal) => ({
        statusCode: 200,
        statusDescription: '200 OK',
        ...(front === albMulti ? { multiValueHeaders: {} } : { headers: {} }),
        body: JSON.stringify(principal?.userId ?? null),
      }))
      return {
        ask: async ({ method, path, headers }) => {
          refusal = 'refused'
          const { status, body } = front.read(await run(front.event({ method, target: path, headers, body: null }), lambdaContext()))
          if (status === 200) return { allowed: true, userId: JSON.parse(body) as string | null }
          expect(status).toBeGreaterThanOrEqual(400)
          return { allowed: false, refusal }
        },
        close: async () => {},
      }
    },
  }
}

for (const front of [restApi, httpApi, functionUrl, albMulti]) {
  describeGuard(front.name, harnessOf(front))
  describeHostedGuard(front.name, { ...harnessOf(front), hosted })
}

describe('ALB without multi-value headers', () => {
  it('every request gets its verdict but that with two Authorization lines: what ALB drops nobody can refuse', async () => {
    const failed: string[] = []
    for (const strategy of ['session', 'jwt'] as const) {
      for (const clause of guardClauses) {
        const { error } = await runClause(clause, () => openGuardTrial(harnessOf(albSingle, true), strategy), { deadlineMs: 20_000 })
        if (error !== null) failed.push(clause.promise)
      }
    }
    const twoLines = guardClauses.filter(({ promise }) => promise.startsWith('two lines')).map(({ promise }) => promise)
    expect(twoLines).toHaveLength(2)
    expect(failed).toEqual([...twoLines, ...twoLines])
  }, 120_000)
})
