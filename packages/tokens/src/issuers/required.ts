import { ConfigurationError } from '@sallyport/core'

/** One text or several. */
export type OneOrMore = string | readonly string[]

/** The types demand these arguments, but they come from environments, where `undefined` and `''` are one typing error away. */
export function requiredText(value: string, name: string): string {
  if (typeof value !== 'string' || value.trim() === '' || value !== value.trim()) throw missing(name)
  return value
}

/** At least one, each as `requiredText` has it. */
export function requiredTexts(value: OneOrMore, name: string): readonly string[] {
  return requiredList(typeof value === 'string' ? [value] : value, name).map((each) => requiredText(each, name))
}

/** At least one. */
export function requiredList<T>(value: readonly T[], name: string): readonly T[] {
  const given: unknown = value
  if (!Array.isArray(given) || given.length === 0) throw missing(name)
  return [...value]
}

/** A text of one form, such as a region or a tenant id: it becomes part of an address from which keys are fetched. */
export function requiredForm(value: string, form: RegExp, name: string): string {
  if (!form.test(requiredText(value, name))) throw new ConfigurationError(`A hosted issuer has a ${name} that cannot be one.`)
  return value
}

/** @throws ConfigurationError unless it is an https address without user, query and fragment; http is for this machine only. */
export function requiredUrl(value: string, name: string): string {
  const url = URL.parse(requiredText(value, name))
  const isSafe = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  if (!isSafe || /[?#|\s]/.test(value) || url.username !== '' || url.password !== '') {
    throw new ConfigurationError(`A hosted issuer needs an https address as its ${name}, without user, query and fragment.`)
  }
  return value
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

function missing(name: string): ConfigurationError {
  return new ConfigurationError(`A hosted issuer needs its ${name}: it is missing, empty or padded with blanks.`)
}
