import { join } from 'node:path'
import { build } from 'esbuild'
import { OPTIONS } from './options.ts'

interface Planner {
  readonly options: unknown
  readonly plan: unknown
}

/**
 * Modules in place of the planner of policies, with the plan for the routes of the app: it depends on nothing but them. Asked for other routes it throws, so that no plan is ever used for
 * routes that it was not made for.
 */
export async function workedOutPlan(): Promise<{ readonly plan: string; readonly size: string }> {
  const contents = `
    import { checkPolicySize, planOptions, policyPlan } from '@sallyport/platform-aws-lambda/policy-authorizers'
    import { ROUTE_OPTIONS } from './routes.ts'
    export const options = planOptions(ROUTE_OPTIONS)
    export const plan = policyPlan(options)
    checkPolicySize(plan)`
  const { outputFiles } = await build({
    ...OPTIONS,
    stdin: { contents, resolveDir: join(import.meta.dirname, '../src'), loader: 'ts' },
    format: 'esm',
    write: false,
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  const { options, plan } = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Planner
  const asked = JSON.stringify(JSON.stringify(options))
  return {
    plan: `export const policyPlan = (options) => {
        if (JSON.stringify(options) !== ${asked}) throw new Error
        return ${JSON.stringify(plan)}
      }`,
    // Checked above.
    size: 'export const checkPolicySize = () => {}',
  }
}
