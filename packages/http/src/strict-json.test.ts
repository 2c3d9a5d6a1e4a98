import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_JSON_DEPTH, parseStrictJson } from './strict-json.ts'

const parse = (text: string) => parseStrictJson(Buffer.from(text))
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('strict JSON', () => {
  it.each([
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['a byte order mark', Buffer.from('\ufeff{"a":1}')],
    ['nothing', Buffer.from('')],
    ['blanks', Buffer.from('  ')],
    ['two values', Buffer.from('{} {}')],
    ['a comment', Buffer.from('{"a":1}//')],
    ['a trailing comma', Buffer.from('{"a":1,}')],
    ['single quotes', Buffer.from("{'a':1}")],
    ['NaN', Buffer.from('{"a":NaN}')],
    ['a leading zero', Buffer.from('{"a":01}')],
    ['a control character', Buffer.from('{"a":"\u0001"}')],
    ['a no-break space', Buffer.from('\u00a0{}')],
    ['a repeated name', Buffer.from('{"a":1,"a":1}')],
    ['a repeated name behind an escape', Buffer.from('{"a":1,"\\u0061":2}')],
    ['a repeated name inside', Buffer.from('{"x":[{"a":1},{"b":{"a":1,"a":2}}]}')],
    ['a repeated name with blanks', Buffer.from('{"a" \n\t\r :1,"a"   :2}')],
    ['__proto__', Buffer.from('{"__proto__":{"admin":true}}')],
    ['__proto__ behind an escape', Buffer.from('{"\\u005f_proto__":1}')],
    ['constructor inside', Buffer.from('{"a":{"constructor":1}}')],
    ['prototype', Buffer.from('{"prototype":1}')],
    ['a lone surrogate', Buffer.from('{"a":"\\ud800"}')],
    ['a lone surrogate as name', Buffer.from('{"\\udc00":1}')],
    ['too deep', Buffer.from(nested(MAX_JSON_DEPTH + 1))],
    ['very deep', Buffer.from(nested(32_000))],
    ['deep and open', Buffer.from('[{"a":'.repeat(9000))],
  ])('refuses %s', (_, bytes) => {
    expect(parseStrictJson(bytes).ok).toBe(false)
  })

  it.each([
    '{}',
    '{"a":1,"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a:"}',
    '{"a":"__proto__"}',
    '{"a\\"":1,"a\\\\":2}',
    '"\\ud83d\\ude00"',
    nested(MAX_JSON_DEPTH),
    ' {"a" : [ ] } ',
  ])('reads %s', (text) => {
    expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown })
  })

  it('reads what JSON.stringify writes, whatever its names and texts are', () => {
    const value = fc.jsonValue({ maxDepth: MAX_JSON_DEPTH - 2 })
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        const text = JSON.stringify(json, null, indent)
        fc.pre(!/__proto__|constructor|prototype|\\ud/.test(text))
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown })
      }),
    )
  })

  it('never throws, and accepts nothing that JSON.parse refuses', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '\\u0061', 'a', '1', 'null', ' ', '"a"', '"a":'), {
      maxLength: 24,
    })
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => Buffer.from(list.join(''))),
          fc.uint8Array({ maxLength: 64 }),
        ),
        (bytes) => {
          const parsed = parseStrictJson(bytes)
          if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(Buffer.from(bytes).toString()))
        },
      ),
    )
  })

  it('finds a repeated name wherever it stands', () => {
    const names = fc.uniqueArray(
      fc.string({ unit: 'grapheme' }).filter((name) => name.isWellFormed() && !['__proto__', 'constructor', 'prototype'].includes(name)),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(names, fc.nat(), (unique, pick) => {
        const repeated = unique[pick % unique.length] ?? ''
        const members = [...unique, repeated].map((name) => `${JSON.stringify(name)}:0`)
        expect(parse(`{${members.join(',')}}`).ok).toBe(false)
        expect(parse(`{${members.slice(0, -1).join(',')}}`).ok).toBe(true)
      }),
    )
  })
})
