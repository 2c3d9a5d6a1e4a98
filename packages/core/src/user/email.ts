/** RFC 5321 section 4.5.3.1: 64 octets for the local part, 254 for a whole address in a path. */
const MAX_LOCAL = 64
const MAX_ADDRESS = 254

/** The dot-atom of RFC 5322 section 3.2.3, with letters and digits of any script (RFC 6531): nothing that a mail header or a list could read as syntax. */
const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))$/

/**
 * The one spelling of an e-mail address under which it is stored, looked up and compared: blanks around it dropped, NFKC, lower case, the domain
 * in its ASCII form (UTS 46). `null` when that is not exactly one address. Folded first and checked afterwards, so that a look-alike `@` or a comma
 * that appears by folding is seen (GHSA-7rqj-j65f-68wh, CVE-2022-35924). Never throws; canonical in gives the same out.
 */
export function canonicalEmail(input: string): string | null {
  if (input.length > 4 * MAX_ADDRESS || !input.isWellFormed()) return null
  const folded = input.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
  const at = folded.indexOf('@')
  if (at < 1 || at !== folded.lastIndexOf('@')) return null
  const local = folded.slice(0, at)
  const domain = asciiDomain(folded.slice(at + 1))
  if (domain === null || !LOCAL_PART.test(local) || Buffer.byteLength(local) > MAX_LOCAL) return null
  const email = `${local}@${domain}`
  return Buffer.byteLength(email) > MAX_ADDRESS ? null : email
}

/** `URL` applies UTS 46; whatever it would read as something else than a host name (a port, a path, an escape) is refused before. */
function asciiDomain(domain: string): string | null {
  if (!/^[\p{L}\p{N}\p{M}.\u3002-]+$/u.test(domain)) return null
  const url = URL.parse(`http://${domain}/`)
  return url !== null && DOMAIN.test(url.hostname) ? url.hostname : null
}
