import type { CoreApi, RegisteredFunction } from './core-api.ts'

export interface Invocation {
  readonly id: string
  /** By the name of the trigger's binding. */
  readonly input: object
  readonly triggerMetadata: object
}

/** One invocation, step by step as the worker takes them; what the function throws is thrown. */
export async function invoke(
  core: CoreApi,
  { metadata, callback }: RegisteredFunction,
  { id, input, triggerMetadata }: Invocation,
): Promise<unknown> {
  const [name] = Object.entries(metadata.bindings).find(([, { type }]) => type === 'httpTrigger') ?? []
  const model = core.model().getInvocationModel({
    invocationId: id,
    metadata,
    request: { invocationId: id, functionId: metadata.name, inputData: [{ name, data: input }], triggerMetadata },
    log: () => {},
  })
  const { context, inputs } = await model.getArguments()
  const { returnValue } = await model.getResponse(context, await model.invokeFunction(context, inputs, callback))
  return returnValue
}
