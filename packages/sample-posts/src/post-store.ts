export interface Post {
  /** Rises from the newest to the oldest, so that a store which keeps rows in the order of their keys has the list for nothing. */
  readonly id: string
  readonly title: string
  readonly text: string
  readonly authorId: string
  readonly createdAt: string
}

/** Where posts are kept: the port of the sample. Each throws `StoreUnavailableError`. */
export interface PostStore {
  /** The newest first, fifty at most; empty when none. */
  latest(): Promise<readonly Post[]>
  /** Twice: the same. */
  add(post: Post): Promise<void>
  /** `false` when there is no such post. */
  remove(id: string): Promise<boolean>
}

/** How many posts `latest` gives at most. */
export const POSTS_PAGE = 50
