import { describe, expect, it } from 'vitest'
import { systemRandom } from '../ports/random.ts'
import { isUuidV7, uuidV7 } from './uuid-v7.ts'

describe('uuidV7', () => {
  it('is the example of RFC 9562 appendix A.6', () => {
    const random = { bytes: () => Uint8Array.from(Buffer.from('0000000000000cc318c4dc0c0c07398f', 'hex')) }
    expect(uuidV7({ now: () => 0x017f22e279b0 }, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  })

  it('is recognised, unlike all that is close', () => {
    const id = uuidV7({ now: () => Date.UTC(2026, 0) }, systemRandom)
    expect(isUuidV7(id)).toBe(true)
    for (const other of ['', id.toUpperCase(), `${id}0`, id.replaceAll('-', ''), id.replace(/^(.{14})7/, '$14'), ` ${id}`, `${id}\n`])
      expect(isUuidV7(other)).toBe(false)
  })
})
