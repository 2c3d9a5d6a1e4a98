import { describe, expect, it } from 'vitest'
import { hosted } from '../../testing/hosted.ts'
import { memoryDomain } from '../../testing/memory-domain.ts'
import { runClause } from '../run-clauses.ts'
import { describeGuard, describeHostedGuard } from './describe-guard.ts'
import { guardClauses } from './guard-clauses.ts'
import { openGuardTrial, type GuardHarness } from './guard-harness.ts'
import { guardMutants } from './guard-mutants.ts'
import { guardCases } from './guard-requests.ts'
import { plainRendering } from './plain-rendering.ts'

const harness: GuardHarness = {
  domain: memoryDomain,
  transports: ['bearer', 'cookie'],
  method: 'as-sent',
  mount: async (parts) => plainRendering(parts),
}

describeGuard('in process', harness)
describeGuard('in process, without cookies', { ...harness, transports: ['bearer'] })
describeGuard('in process, one method', {
  ...harness,
  method: 'POST',
  mount: async (parts) => plainRendering({ ...parts, guard: (request, rule) => parts.guard({ ...request, method: 'POST' }, rule) }),
})

describeHostedGuard('in process', { ...harness, hosted })

describe('the table', () => {
  it('has sixty requests and more, each with a name of its own', () => {
    expect(guardCases.length).toBeGreaterThanOrEqual(60)
    expect(new Set(guardClauses.map(({ id }) => id)).size).toBe(guardClauses.length)
    expect(new Set(guardCases.map(({ what, method, path }) => `${what} ${method} ${path}`)).size).toBe(guardCases.length)
  })
})

describe('planted faults', () => {
  const killed: string[] = []
  for (const { name, killedBy, mount } of guardMutants) {
    it(`${name}: found by ${killedBy}`, async () => {
      const clause = guardClauses.find(({ id }) => id === killedBy)
      expect(clause).toBeDefined()
      const results = await Promise.all(
        (['session', 'jwt'] as const).map((strategy) =>
          runClause(clause!, () => openGuardTrial({ ...harness, mount: async (parts) => mount(parts) }, strategy), { deadlineMs: 20_000 }),
        ),
      )
      // A strict rule is of no consequence where every check reads the session.
      expect(results.some(({ error }) => error?.name === 'AssertionError')).toBe(true)
      killed.push(`${killedBy.padEnd(5)} ${name}`)
    })
  }

  it('are all found', () => {
    console.log(`guard: planted fault, found by\n${killed.join('\n')}`)
    expect(killed).toHaveLength(guardMutants.length)
  })
})
