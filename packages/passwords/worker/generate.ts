// Prevents: a change of the worker or of bcryptjs that never reaches the thread that hashes. `src/bcrypt-worker-source.test.ts` fails until it is run.
import { writeFile } from 'node:fs/promises'
import { bundleBcryptWorker } from './bundle.ts'

await writeFile(new URL('../src/bcrypt-worker-source.ts', import.meta.url), await bundleBcryptWorker())
