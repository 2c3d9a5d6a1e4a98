import { InvariantError } from '@sallyport/core'

/** The limit of a page, 1 to 100. */
export function pageLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new InvariantError('The limit of a page is a whole number from 1 to 100.')
  return limit
}
