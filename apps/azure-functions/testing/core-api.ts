import Module from 'node:module'

/** A function as `app.http` hands it to the worker. */
export interface RegisteredFunction {
  readonly metadata: { readonly name: string; readonly bindings: { readonly [name: string]: Binding } }
  readonly callback: (...inputs: unknown[]) => unknown
}

export interface Binding {
  readonly type: string
  readonly direction: string
  readonly route?: string
  readonly methods?: readonly string[]
  readonly authLevel?: string
}

/** What the worker calls of `@azure/functions`. */
export interface ProgrammingModel {
  readonly name: string
  readonly version: string
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>
  getInvocationModel(context: object): {
    getArguments(): Promise<{ context: object; inputs: unknown[] }>
    invokeFunction(context: object, inputs: unknown[], callback: RegisteredFunction['callback']): Promise<unknown>
    getResponse(context: object, result: unknown): Promise<{ returnValue?: unknown }>
  }
}

export interface CoreApi {
  readonly functions: ReadonlyMap<string, RegisteredFunction>
  /** Throws before an app has registered anything. */
  readonly model: () => ProgrammingModel
  /** No function can be registered from now on, as in the worker when the app has been loaded. */
  readonly close: () => void
  /** What the library logs about itself. */
  readonly log: string[]
}

/**
 * Answers `require('@azure/functions-core')` for this process, as the Node worker of Azure Functions does: that module is in no registry, the worker puts itself in its place, and what is loaded afterwards
 * registers its functions there.
 */
export function answerCoreApi(): CoreApi {
  const functions = new Map<string, RegisteredFunction>()
  const log: string[] = []
  let model: ProgrammingModel | null = null
  let closed = false

  const core = {
    version: '3.9.1',
    hostVersion: '4.1037.0',
    setProgrammingModel: (given: ProgrammingModel) => void (model = given),
    getProgrammingModel: () => model,
    registerFunction: (metadata: RegisteredFunction['metadata'], callback: RegisteredFunction['callback']) => {
      if (closed) throw new Error('A function can only be registered during app startup.')
      functions.set(metadata.name, { metadata, callback })
    },
    registerHook: () => {
      throw new Error('This host has no hooks.')
    },
    log: (level: string, category: string, message: string) => void log.push(`${level} ${category} ${message}`),
  }
  const { prototype } = Module as unknown as { prototype: { require: (id: string) => unknown } }
  const original = prototype.require
  prototype.require = function require(this: unknown, id: string): unknown {
    return id === '@azure/functions-core' ? core : Reflect.apply(original, this, [id])
  }
  return {
    functions,
    log,
    close: () => {
      closed = true
    },
    model: () => {
      if (model === null) throw new Error('The app has registered no function.')
      return model
    },
  }
}
