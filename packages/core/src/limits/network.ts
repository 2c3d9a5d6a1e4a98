/** What requests are counted by: the whole IPv4 address, the /64 of an IPv6 one (whose owner has all of it), an IPv4-mapped one as IPv4; `unknown` for all that is no address. */
export function limitedNetwork(address: string | null): string {
  const parsed = address === null ? null : parseAddress(address)
  if (parsed === null) return 'unknown'
  return parsed.version === 4 ? parsed.octets.join('.') : `${ipv6Prefix(parsed.groups)}/64`
}

/** What is shown and logged: the /24 of an IPv4 address, the /64 of an IPv6 one; `null` when unknown. */
export function displayNetwork(address: string | null): string | null {
  const parsed = address === null ? null : parseAddress(address)
  if (parsed === null) return null
  return parsed.version === 4 ? `${parsed.octets.slice(0, 3).join('.')}.0/24` : `${ipv6Prefix(parsed.groups)}/64`
}

type Address = { readonly version: 4; readonly octets: readonly number[] } | { readonly version: 6; readonly groups: readonly number[] }

function parseAddress(text: string): Address | null {
  const octets = parseIpv4(text)
  if (octets !== null) return { version: 4, octets }
  const groups = parseIpv6(text)
  if (groups === null) return null
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped ? { version: 4, octets: groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]) } : { version: 6, groups }
}

function parseIpv4(text: string): number[] | null {
  if (!/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/.test(text) || text.endsWith('.')) return null
  return text.split('.').map(Number)
}

function parseIpv6(input: string): number[] | null {
  const text = input.replace(/%[\w.-]+$/, '')
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return null
  const lastColon = text.lastIndexOf(':')
  const tail = text.includes('.') ? parseIpv4(text.slice(lastColon + 1)) : []
  if (tail === null || lastColon < 0) return null
  const hex =
    tail.length === 0
      ? text
      : `${text.slice(0, lastColon + 1)}${((tail[0] ?? 0) * 256 + (tail[1] ?? 0)).toString(16)}:${((tail[2] ?? 0) * 256 + (tail[3] ?? 0)).toString(16)}`
  const halves = hex.split('::')
  if (halves.length > 2) return null
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - rest.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array<string>(missing).fill('0'), ...rest]
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null
}

function ipv6Prefix(groups: readonly number[]): string {
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::`
}
