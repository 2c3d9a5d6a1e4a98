import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { HttpHandler } from '@sallyport/http'
import type { FromFramework, ToFramework } from './framework-process.ts'
import { installFramework } from './run-framework.ts'

export interface FrameworkServer {
  readonly url: string
  /** Answers with this handler from now on. */
  serve(handle: HttpHandler): void
  close(): Promise<void>
}

/**
 * functions-framework with our handler for Google, in a process of its own: under the conditions with which tests resolve packages, one of its packages is taken in the wrong form. What the handler asks of the
 * application is asked here.
 */
export async function frameworkServer(): Promise<FrameworkServer> {
  const child = fork(new URL('framework-process.ts', import.meta.url), [installFramework()], {
    execArgv: ['--conditions=sallyport-source'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    serialization: 'advanced',
  })
  const gone = once(child, 'close')
  let handle: HttpHandler | null = null
  const { port } = await Promise.race([
    new Promise<{ readonly port: number }>((resolve) => {
      child.on('message', (message: FromFramework) => {
        if ('port' in message) resolve(message)
        else void Promise.resolve(handle!(message.request)).then((response) => child.send({ id: message.id, response } satisfies ToFramework))
      })
    }),
    gone.then(() => Promise.reject(new Error('functions-framework ended before it served.'))),
  ])
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (next) => {
      handle = next
    },
    close: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}
