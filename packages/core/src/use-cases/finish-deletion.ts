import { CLOSED_FLOOR } from '../ports/session-store.ts'
import type { UserId } from '../user/user.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * The steps of a deletion after the user's status is `deleting`, in the order that fails safe: nobody is signed in any more, then nothing is left.
 * Each step can be done again; whoever meets a user that is still `deleting` (a sign-in, a registration of the address) does them again.
 */
export type FinishDeletion = (userId: UserId) => Promise<void>

export function finishDeletion({ users, sessions, oneTimeTokens }: Pick<Dependencies, 'users' | 'sessions' | 'oneTimeTokens'>): FinishDeletion {
  return async (userId) => {
    await sessions.endAll({ userId, floor: CLOSED_FLOOR, except: null })
    await oneTimeTokens.endAll(userId)
    await users.delete(userId)
  }
}
