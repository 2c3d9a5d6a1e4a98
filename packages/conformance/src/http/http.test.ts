import { memoryDomain } from '../../testing/memory-domain.ts'
import { describeHttp } from './describe-http.ts'
import { inProcess } from './in-process.ts'

describeHttp('in process', { domain: memoryDomain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
