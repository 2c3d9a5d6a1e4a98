import { InvariantError } from '@sallyport/core'

/** The limit of a page, 1 to 100. SQLite reads a negative LIMIT as none at all, so a wrong one must not come through. */
export function pageLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new InvariantError('The limit of a page is a whole number from 1 to 100.')
  return limit
}
