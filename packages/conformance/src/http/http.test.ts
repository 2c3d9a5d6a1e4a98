import { describe, expect, it } from 'vitest'
import { memoryDomain } from '../../testing/memory-domain.ts'
import { runClause } from '../run-clauses.ts'
import { describeHttp, httpScenarios } from './describe-http.ts'
import { openHttpTrial, type HttpHarness } from './http-harness.ts'
import { httpMutants, type HttpMutant } from './http-mutants.ts'
import { inProcess } from './in-process.ts'

const harnessOf = (mount: HttpMutant['mount']): HttpHarness => ({
  domain: memoryDomain,
  mount: async (handle) => ({ send: mount(handle), close: async () => {} }),
})

describeHttp('in process', harnessOf(inProcess))

describe('planted faults', () => {
  const killed: string[] = []
  for (const { name, killedBy, mount } of httpMutants) {
    it(`${name}: found by ${killedBy}`, async () => {
      const scenario = httpScenarios.find(({ id }) => id === killedBy)
      expect(scenario).toBeDefined()
      const results = await Promise.all(
        (['session', 'jwt'] as const).map((strategy) =>
          runClause(scenario!, () => openHttpTrial(harnessOf(mount), strategy), { deadlineMs: 20_000 }),
        ),
      )
      // With a session alone one cookie is set, and there is none to lose.
      expect(results.some(({ error }) => error?.name === 'AssertionError')).toBe(true)
      killed.push(`${killedBy.padEnd(4)} ${name}`)
    })
  }

  it('are all found', () => {
    console.log(`http: planted fault, found by\n${killed.join('\n')}`)
    expect(killed).toHaveLength(httpMutants.length)
  })
})
