/** Long runs of the alphabet of tokens, and whole password hashes. Identifiers (36 characters at most), paths and sentences stay. */
const TOKEN_LIKE = /\$(?:argon2[a-z]*|2[aby])\$\S+|[A-Za-z0-9_+=.-]{40,}/g
const REMOVED = '[removed]'
/** The name of a variable, which a message says that something is wrong with. No token in a row of forty is drawn from these alone. */
const NAME = /^[A-Z]+(?:_[A-Z]+)+$/

/** The text without what could be a credential: for messages and stacks that other people's code wrote. `secrets` are looked for as they are. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, REMOVED)), text)
  return known.replace(TOKEN_LIKE, (each) => (NAME.test(each) ? each : REMOVED))
}
