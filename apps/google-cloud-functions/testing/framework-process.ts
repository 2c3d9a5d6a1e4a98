import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { HttpRequest, HttpResponse } from '@sallyport/http'
import { googleHandler, keepBodiesRaw, type GoogleFunction } from '@sallyport/platform-google-functions'

// Run by framework-server.ts, with the framework's folder: the platform in functions-framework, and its application in the process that has started this one.

interface Framework {
  http(name: string, run: GoogleFunction): void
}

interface FrameworkTesting {
  getTestServer(name: string): Server
}

export type FromFramework = { readonly port: number } | { readonly id: number; readonly request: HttpRequest }

export interface ToFramework {
  readonly id: number
  readonly response: HttpResponse
}

const load = createRequire(`${process.argv[2]}/package.json`)
const { http } = load('@google-cloud/functions-framework') as Framework
const { getTestServer } = load('@google-cloud/functions-framework/testing') as FrameworkTesting

const waiting = new Map<number, (response: HttpResponse) => void>()
let asked = 0

const tell = (message: FromFramework): void => void process.send?.(message)

keepBodiesRaw()
process.on('message', ({ id, response }: ToFramework) => {
  waiting.get(id)?.(response)
  waiting.delete(id)
})
process.on('disconnect', () => process.exit())
http(
  'kit',
  googleHandler({
    handle: (request) =>
      new Promise((resolve) => {
        waiting.set(++asked, resolve)
        tell({ id: asked, request })
      }),
    // A failure is a 500 to the kit, and no scenario takes that.
    onError: () => {},
  }),
)
const server = getTestServer('kit')
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))
