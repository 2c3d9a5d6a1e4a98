import assert from 'node:assert/strict'
import { SallyportError, type Json } from '@sallyport/core'

/** Allowed, and seldom tried. */
export const ODD_TEXT: string = 'Zoë "O\'Brien" \\ %_* 名前 🛡️ \n\t<a href=x>; DROP TABLE users; --'

/** What no id or key of ours looks like. */
export const ODD_IDS: readonly string[] = [
  'x'.repeat(1000),
  '名'.repeat(300),
  '*',
  '%',
  '_',
  '?',
  '[a-z]',
  '__proto__',
  'constructor',
  '..',
  '/',
  '#',
  '|',
  ':',
  "'",
  '"',
]

/** Cursors that no store ever gave. */
export const ODD_CURSORS: readonly string[] = [
  '',
  'x',
  '0',
  '-1',
  'null',
  '{}',
  '[]',
  '%00',
  '名',
  "' OR 1=1 --",
  '*',
  '__proto__',
  'eyJhIjoxfQ',
  'A'.repeat(1000),
]

/** Tries to change a value in place. A frozen one refuses, which keeps the promise as well. */
export function spoil(value: object | Json | undefined): void {
  assert.ok(typeof value === 'object' && value !== null)
  for (const key of [...Object.keys(value), 'planted']) Reflect.set(value, key, 'spoilt')
}

/** A page, or an error of the kind that callers know; `null` then. */
export async function pageOrKnownError<Page>(page: Promise<Page>): Promise<Page | null> {
  try {
    return await page
  } catch (error) {
    assert.ok(SallyportError.is(error), 'throws something that callers do not know')
    return null
  }
}
