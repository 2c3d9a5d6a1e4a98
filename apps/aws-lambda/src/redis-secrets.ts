/**
 * What must never be seen in a log of the address of Redis: the whole of it, and its password as it is written there and as Redis gets it, which quotes commands that it does not know. Nothing where
 * there is no address. In a module of its own, so that what a guard writes down brings no configuration along.
 */
export function redisSecrets(address: string | null): readonly string[] {
  const url = address === null ? null : URL.parse(address)
  if (address === null || url === null) return []
  const { password, searchParams } = url
  return [address, password, decodeURIComponent(password), searchParams.get('password') ?? ''].filter((each) => each !== '')
}
