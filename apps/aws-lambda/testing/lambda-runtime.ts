import { join } from 'node:path'
import { startChild } from './child-process.ts'
import { startRuntimeApi, type Outcome, type RuntimeError } from './runtime-api.ts'

export interface RunningFunction {
  invoke(event: unknown): Promise<Outcome>
  /** Why it could not be loaded; waits for ever for a function that was. */
  readonly initError: Promise<RuntimeError>
  output(): string
  stop(): Promise<void>
}

export interface RunningFunctionOptions {
  /** `node_modules` with `aws-lambda-ric`. */
  readonly modules: string
  /** The folder that Lambda would have unpacked. */
  readonly taskRoot: string
  /** `file.export`, in that folder. */
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
}

/** A function in the very client that Lambda's own images run, one instance, with the variables that Lambda sets. */
export async function startFunction({ modules, taskRoot, handler, environment }: RunningFunctionOptions): Promise<RunningFunction> {
  const api = await startRuntimeApi()
  const child = startChild([join(modules, 'aws-lambda-ric/index.mjs'), handler], taskRoot, {
    AWS_LAMBDA_RUNTIME_API: api.address,
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_LAMBDA_FUNCTION_NAME: 'sallyport-test',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/sallyport-test',
    AWS_LAMBDA_LOG_STREAM_NAME: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'an example',
    ...environment,
  })
  const died = child.ended.then((): never => {
    throw new Error(`The function ended: ${child.output()}`)
  })
  // Whoever waits for an answer is told; nobody else has to listen.
  died.catch(() => {})
  return {
    invoke: (event) => Promise.race([api.invoke(event), died]),
    initError: api.initError,
    output: child.output,
    stop: async () => {
      await child.stop()
      await api.close()
    },
  }
}
