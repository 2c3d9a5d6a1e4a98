import { describe, expect, it } from 'vitest'
import { runClauses } from '../run-clauses.ts'
import { domainClauses } from './domain-clauses.ts'
import { domainMutants } from './domain-mutants.ts'
import { openDomainTrial } from './domain-trial.ts'
import { memoryDomain } from '../../testing/memory-domain.ts'

describe('planted faults of the domain', () => {
  const table: string[] = []

  for (const { name, strategy, sabotage, killedBy } of domainMutants) {
    it(`${killedBy.join(', ')}: ${name}`, async () => {
      const named = domainClauses.filter(({ id }) => killedBy.includes(id))
      expect(named).toHaveLength(killedBy.length)
      const results = await runClauses(named, () => openDomainTrial(memoryDomain, strategy, sabotage), { deadlineMs: 2000 })
      expect(results.filter(({ error }) => error === null).map(({ id }) => id)).toEqual([])
      table.push(`${killedBy.join(' ').padEnd(12)} ${strategy.padEnd(8)} ${name}`)
    })
  }

  it('prints the table', () => {
    console.log(['', 'killed by    strategy planted fault', ...table].join('\n'))
    expect(table).toHaveLength(domainMutants.length)
  })
})
