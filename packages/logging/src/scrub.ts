/** Long runs of the alphabet of tokens, and whole password hashes. Identifiers (36 characters at most), paths and sentences stay. */
const TOKEN_LIKE = /\$(?:argon2[a-z]*|2[aby])\$\S+|[A-Za-z0-9_+=.-]{40,}/g
const REMOVED = '[removed]'

/** The text without what could be a credential: for messages and stacks that other people's code wrote. `secrets` are looked for as they are. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, REMOVED)), text)
  return known.replace(TOKEN_LIKE, REMOVED)
}
