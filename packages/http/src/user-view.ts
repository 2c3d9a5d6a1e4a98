import type { Claims, UserId } from '@sallyport/core'
import type { UserView } from './outputs.ts'

/** What a user sees of themselves; a `User` is `Claims` too. */
export function userView(id: UserId, { email, emailVerified, name, roles, attributes }: Omit<Claims, 'version'>): UserView {
  return { id, email, emailVerified, name, roles, attributes }
}
