import { describeStores } from '@sallyport/conformance'
import { rowsOf, temporaryFile } from '../testing/temporary-file.ts'
import { sqliteStores } from './sqlite-stores.ts'

describeStores('sqlite', {
  async open({ clock }) {
    const { path, remove } = temporaryFile()
    const [stores, second] = [sqliteStores({ path, clock }), sqliteStores({ path, clock })]
    return {
      stores,
      second: async () => second,
      peek: async () => rowsOf(path),
      sweep: async () => void (await stores.sweep()),
      close: async () => {
        await Promise.all([stores.close(), second.close()])
        remove()
      },
    }
  },
})
