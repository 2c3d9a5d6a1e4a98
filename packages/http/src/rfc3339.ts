import type { Instant } from '@sallyport/core'

export function rfc3339(instant: Instant): string {
  return new Date(instant).toISOString()
}
