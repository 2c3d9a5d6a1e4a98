import { describeHttp, overSocket } from '@sallyport/conformance'
import { nodeServer } from '@sallyport/platform-node'
import { sqliteDomain } from '../testing/sqlite-domain.ts'

describeHttp('node:http over sqlite', {
  domain: sqliteDomain,
  mount: async (handle) => {
    const server = nodeServer({
      onError: (error) => {
        throw error
      },
    })
    server.serve(handle)
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    return { send: overSocket(url), close: () => server.close() }
  },
})
