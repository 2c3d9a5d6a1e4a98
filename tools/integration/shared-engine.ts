/** Engines that are worth sharing: a Java process takes seconds of CPU until it is warm, a cluster seconds until its nodes agree. */
export const SHARED_ENGINES = ['dynamodb', 'firestore', 'redis cluster'] as const
export type SharedEngine = (typeof SHARED_ENGINES)[number]

/** Where it listens on 127.0.0.1, one port per node; or why there is none and how to get it. */
export type Offer = { readonly ports: readonly number[] } | { readonly missing: string }

/** The variable in which `engine-broker.ts` tells the workers of its run where to ask. */
export const BROKER = 'SALLYPORT_ENGINE_BROKER'

/**
 * The one engine of this kind that all test files of the run use, each in a table, namespace or prefix of its own. Started for the first who asks and ended with the run. `null`
 * where nobody offers one, as in the bench: then whoever needs it starts it.
 */
export async function sharedEngine(name: SharedEngine): Promise<Offer | null> {
  const broker = process.env[BROKER]
  if (broker === undefined) return null
  const response = await fetch(`${broker}/${encodeURIComponent(name)}`)
  if (!response.ok) throw new Error(`${name} could not be started: ${await response.text()}`)
  return (await response.json()) as Offer
}
