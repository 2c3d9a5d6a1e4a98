import { describeHttp, httpScenarios, openHttpTrial, runClause, type FrontChanges, type HttpHarness } from '@sallyport/conformance'
import { describe, expect, it } from 'vitest'
import { albMulti, albSingle, functionUrl, httpApi, restApi, type Front } from '../testing/fronts.ts'
import { lambdaContext } from '../testing/lambda-context.ts'
import { memoryDomain } from '../testing/kit-parts.ts'
import { lambdaHandler } from './lambda-handler.ts'

interface Mount {
  readonly singleValueHeaders?: boolean
  readonly changes?: FrontChanges
}

function harnessOf(front: Front, { singleValueHeaders = false, changes = {} }: Mount = {}): HttpHarness {
  return {
    domain: memoryDomain,
    changes,
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

describeHttp(restApi.name, harnessOf(restApi, { changes: { renames: { 'www-authenticate': 'x-amzn-remapped-www-authenticate' } } }))
for (const front of [httpApi, functionUrl, albMulti]) describeHttp(front.name, harnessOf(front))

describe('ALB without multi-value headers', () => {
  it('every scenario passes but those in which something comes twice: what ALB drops nobody can refuse', async () => {
    const failed: string[] = []
    for (const strategy of ['session', 'jwt'] as const) {
      for (const scenario of httpScenarios) {
        const { error } = await runClause(scenario, () => openHttpTrial(harnessOf(albSingle, { singleValueHeaders: true }), strategy), {
          deadlineMs: 20_000,
        })
        if (error !== null) failed.push(`${scenario.id} ${error.message.split('\n')[0]}`)
      }
    }
    const hidden = ['H20 Bearer token,Bearer token answers 200', 'H22 /auth/sessions?limit=1&limit=2 answers 200']
    expect(failed).toEqual([...hidden, ...hidden])
  }, 120_000)
})
