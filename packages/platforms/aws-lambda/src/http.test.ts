import { describeHttp, httpScenarios, openHttpTrial, runClause, type HttpHarness } from '@sallyport/conformance'
import { describe, expect, it } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front } from '../testing/fronts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { memoryDomain } from '../testing/memory-domain.ts'
import { lambdaHandler } from './lambda-handler.ts'

function harnessOf(front: Front, singleValueHeaders = false): HttpHarness {
  return {
    domain: memoryDomain,
    mount: async (handle) => {
      // A failure is a 500 to the kit, and no scenario takes that.
      const run = lambdaHandler({ handle, singleValueHeaders, onError: () => {} })
      return {
        send: async (request) => front.read(JSON.parse(JSON.stringify(await run(JSON.parse(JSON.stringify(front.event(request))), lambdaContext())))),
        close: async () => {},
      }
    },
  }
}

for (const front of [restApi, httpApi, functionUrl, albMulti]) describeHttp(front.name, harnessOf(front))

describe('ALB without multi-value headers', () => {
  it('every scenario passes but the one that repeats a query parameter: what ALB drops nobody can refuse', async () => {
    const failed: string[] = []
    for (const strategy of ['session', 'jwt'] as const) {
      for (const scenario of httpScenarios) {
        const { error } = await runClause(scenario, () => openHttpTrial(harnessOf(albSingle, true), strategy), { deadlineMs: 20_000 })
        if (error !== null) failed.push(`${scenario.id} ${error.message.split('\n')[0]}`)
      }
    }
    expect(failed).toEqual(Array(2).fill('H22 /auth/sessions?limit=1&limit=2 answers 200'))
  }, 120_000)
})
