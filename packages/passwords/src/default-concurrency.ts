import { availableParallelism } from 'node:os'

const LIBUV_DEFAULT_THREADS = 4

/**
 * As many hashes as cores, but one fewer than libuv has threads: argon2id runs on those, and file access and DNS wait behind it when all are taken.
 * @see https://nodejs.org/api/cli.html#uv_threadpool_sizesize
 */
export const defaultConcurrency = (
  cores: number = availableParallelism(),
  poolSize: string | undefined = process.env['UV_THREADPOOL_SIZE'],
): number => {
  const threads = Number.parseInt(poolSize ?? '', 10) || LIBUV_DEFAULT_THREADS
  return Math.max(Math.min(cores, threads - 1), 1)
}
