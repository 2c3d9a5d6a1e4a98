import type { Session, Stores, UserId } from '@sallyport/core'

/** Every live session of the user, page by page. */
export async function allOf(stores: Stores, userId: UserId): Promise<Session[]> {
  const sessions: Session[] = []
  for (let cursor: string | null = null; ;) {
    const page = await stores.sessions.list({ userId, limit: 100, cursor })
    sessions.push(...page.sessions)
    cursor = page.cursor
    if (cursor === null) return sessions
  }
}
