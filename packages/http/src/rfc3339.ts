import { DAY, type Instant } from '@sallyport/core'

const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))
const THREE = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

const day = { number: -1, text: '' }

/** The same text as `Date.prototype.toISOString`, in a seventh of its time: `GET me` writes two of them, mostly of one day, whose date is kept. */
export function rfc3339(instant: Instant): string {
  const number = Math.floor(instant / DAY)
  if (number !== day.number) {
    day.text = new Date(instant).toISOString().slice(0, -13)
    day.number = number
  }
  const ms = instant - number * DAY
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${day.text}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${THREE[ms % 1000]}Z`
}
