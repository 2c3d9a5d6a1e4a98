import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const STORES = ['redis', 'dynamodb', 'datastore'] as const
export type Store = (typeof STORES)[number]

/** Where the engines of one store run; a process has the reason why it is not a container. */
export type Place = { readonly image: string } | { readonly why: string }
export type Places = Readonly<Record<Store, Place>>

/** Whether a docker command succeeds within the time. */
export type Docker = (command: readonly string[], timeoutMs: number) => boolean

const ANSWER_TIMEOUT_MS = 20_000
const PULL_TIMEOUT_MS = 180_000

/** `processes`; `containers`, which throws when one cannot be had; or `auto`: containers where Docker answers and the image is there or can be pulled. */
export function choosePlaces(wanted: string, docker: Docker = run): Places {
  if (!['containers', 'processes', 'auto'].includes(wanted)) throw new Error(`SALLYPORT_ENGINES is containers, processes or auto, not ${wanted}`)
  const whyNone = wanted === 'processes' ? 'as SALLYPORT_ENGINES says' : docker(['info'], ANSWER_TIMEOUT_MS) ? null : 'no Docker answers'
  const places = Object.fromEntries(STORES.map((store) => [store, whyNone === null ? placeOf(store, docker) : { why: whyNone }])) as Places
  const missing = STORES.flatMap((store) => ('why' in places[store] ? [`${store}: ${places[store].why}`] : []))
  if (wanted === 'containers' && missing.length > 0) throw new Error(`SALLYPORT_ENGINES is containers, but ${missing.join('; ')}`)
  return places
}

/** What the store's Dockerfile pins. */
export function pinnedImage(store: Store): string {
  const file = new URL(`../../packages/stores/${store}/Dockerfile`, import.meta.url)
  const image = /^FROM (\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1]
  if (image === undefined) throw new Error(`no FROM line in packages/stores/${store}/Dockerfile`)
  return image
}

function placeOf(store: Store, docker: Docker): Place {
  const image = pinnedImage(store)
  const there = docker(['image', 'inspect', image], ANSWER_TIMEOUT_MS) || docker(['pull', '--quiet', image], PULL_TIMEOUT_MS)
  return there ? { image } : { why: `${image} is not here and cannot be pulled` }
}

function run(command: readonly string[], timeout: number): boolean {
  return spawnSync('docker', command, { stdio: 'ignore', timeout }).status === 0
}
