import { describeStores } from '@sallyport/conformance'
import { memoryKeyspace, memoryStores } from './index.ts'

describeStores('memory', {
  open: async ({ clock }) => {
    const keyspace = memoryKeyspace({ clock })
    return {
      stores: memoryStores({ clock, keyspace }),
      second: async () => memoryStores({ clock, keyspace }),
      peek: async () => keyspace.dump(),
      sweep: async () => keyspace.sweep(),
      close: async () => {},
    }
  },
})
