import { type MountedApplication, overSocket } from '@sallyport/conformance'
import { app, type HttpHandler } from '@azure/functions'
import { azureHost } from './azure-host.ts'
import { answerCoreApi, type CoreApi } from './core-api.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export interface MountedOnHost extends MountedApplication {
  /** For requests that `send` cannot make. */
  readonly url: string
}

export type MountOnHost = (handler: HttpHandler) => Promise<MountedOnHost>

/** Handlers behind the host, by the library of Azure Functions. Once in a process, because the library keeps its mode and its worker for good. */
export function mountOnHost(mode: 'rpc' | 'stream'): MountOnHost {
  const core: CoreApi = answerCoreApi()
  app.setup({ enableHttpStream: mode === 'stream' })
  let mounts = 0
  return async (handler) => {
    const name = `mount${++mounts}`
    app.http(name, { route: '{*path}', methods: [...METHODS], authLevel: 'anonymous', handler })
    const { url, close } = await azureHost({ core, decodePaths: false, only: () => name })
    return { url, send: overSocket(url), close }
  }
}
