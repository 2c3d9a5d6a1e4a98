import type { PasswordRefusal } from '@sallyport/core'
import { refuse, type Refused } from './reply.ts'

const DETAILS: { readonly [refusal in PasswordRefusal]: string } = {
  'too-short': 'The password is shorter than the minimum.',
  'too-long': 'The password is longer than 256 characters.',
  malformed: 'The password is not well-formed Unicode.',
  common: 'The password is one of those that are tried first.',
  context: 'The password consists mostly of the name, the address or the product.',
  unchanged: 'The new password is the current one.',
}

export function passwordRefused(refusal: PasswordRefusal, member: 'password' | 'newPassword'): Refused {
  const detail = DETAILS[refusal]
  return refuse({ code: 'password-refused', reason: refusal, errors: [{ pointer: `#/${member}`, detail }] })
}
