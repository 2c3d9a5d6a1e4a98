/** Attacks of the public record, in the style of the JWS and JWK groups of Wycheproof. Wherever an attacker could have one, the signature is right. */
import { createHmac, createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { ALGORITHMS, base64url, claims, forge, headerOf, newKey, signInput, verifierOf, type TestKey } from '../test/fixtures.ts'

const keys = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const stranger = { RS256: await newKey('RS256'), ES256: await newKey('ES256'), EdDSA: await newKey('EdDSA') }
const verifier = verifierOf(Object.values(keys))
const fast = keys.ES256
const good = forge(headerOf(fast), claims(), fast)
const [header, payload, signature] = good.split('.') as [string, string, string]

function expectRefused(token: string): void {
  expect(verifier.verify(token)).toMatchObject({ ok: false })
}

test('the token the attacks start from is good', () => {
  expect(verifier.verify(good).ok).toBe(true)
})

test.each(['none', 'None', 'NONE', 'nOnE', ''])('alg %j, with and without a signature', (alg) => {
  const unsigned = `${base64url(JSON.stringify({ ...headerOf(fast), alg }))}.${payload}.`
  expectRefused(unsigned)
  expectRefused(unsigned + signature)
  expectRefused(forge({ ...headerOf(fast), alg }, claims(), fast))
})

test('the public key as an HMAC secret, in every spelling (CVE-2015-9235, CVE-2022-23540, CVE-2026-34950)', () => {
  for (const key of Object.values(keys)) {
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
    const secrets = [
      pem,
      pem.trim(),
      ` ${pem}`,
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(key.publicJwk),
      key.publicJwk.x ?? key.publicJwk.n!,
    ]
    for (const alg of ['HS256', 'HS384', 'HS512', key.publicJwk.alg]) {
      const input = `${base64url(JSON.stringify({ ...headerOf(key), alg }))}.${payload}`
      for (const secret of secrets) expectRefused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
    }
  }
})

test('the algorithm of another trusted key, and every other name of an algorithm (CVE-2022-23541, CVE-2026-22817)', () => {
  for (const key of Object.values(keys)) {
    for (const alg of [
      'RS256',
      'ES256',
      'EdDSA',
      'PS256',
      'RS384',
      'RS512',
      'ES384',
      'ES256K',
      'Ed25519',
      'rs256',
      'es256',
      'eddsa',
      'RS256 ',
      'HS256',
    ]) {
      if (alg !== key.publicJwk.alg) expectRefused(forge({ ...headerOf(key), alg }, claims(), key))
    }
  }
})

test.each(['crit', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'jwk', 'zip', 'b64', 'cty', 'enc', 'epk', 'nonce', '__proto__', 'constructor'])(
  'header member %s',
  (name) => {
    for (const value of ['null', 'true', '[]', '["b64"]', '["exp"]', JSON.stringify(stranger.ES256.publicJwk), '"https://attacker.example/keys"']) {
      const text = JSON.stringify(headerOf(fast)).replace('{', `{${JSON.stringify(name)}:${value},`)
      expect(verifier.verify(forge(text, claims(), fast))).toEqual({ ok: false, refusal: 'header' })
      expectRefused(forge(text, claims(), fast, stranger.ES256))
    }
  },
)

test.each<unknown>([
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '0',
  ' ',
  '../../dev/null',
  "' OR 1=1",
  'k'.repeat(4000),
  null,
  0,
  1,
  true,
  [],
  {},
  ['a'],
])('kid %j is looked up exactly or not at all', (kid) => {
  expectRefused(forge({ ...headerOf(fast), kid }, claims(), fast))
  expectRefused(forge({ ...headerOf(fast), kid: [fast.publicJwk.kid] }, claims(), fast))
})
test('kid with other case, blanks or a missing letter', () => {
  const { kid } = fast.publicJwk
  for (const other of [kid.toLowerCase(), kid.toUpperCase(), ` ${kid}`, `${kid}\n`, `${kid}\0`, kid.slice(1), kid + kid]) {
    expect(verifier.verify(forge({ ...headerOf(fast), kid: other }, claims(), fast))).toEqual({ ok: false, refusal: 'unknown-key' })
  }
})

test.each<unknown>(['JWT', 'jwt', 'AT+JWT', 'application/at+jwt', 'at+jwt ', 'refresh+jwt', 'dpop+jwt', '', null, undefined, ['at+jwt']])(
  'typ %j (RFC 8725 section 3.11)',
  (typ) => {
    expect(verifier.verify(forge({ ...headerOf(fast), typ }, claims(), fast))).toEqual({ ok: false, refusal: 'header' })
  },
)

test.each(['null', '[]', '"text"', '1', '', '{', '{"alg":"ES256"', '{}{}', 'undefined', '\uFEFF{}', '{"alg":}', "{'a':1}", '[{}]'])(
  'header or payload %j',
  (text) => {
    expectRefused(forge(text, claims(), fast))
    expectRefused(forge(headerOf(fast), text, fast))
  },
)

test('ill-formed UTF-8 in header and payload', () => {
  const bytes = Buffer.from(JSON.stringify(claims({ name: 'XX' })).replace('XX', '\xC3\x28'), 'latin1')
  expectRefused(signInput(`${header}.${base64url(bytes)}`, fast))
  expectRefused(
    signInput(`${base64url(Buffer.concat([Buffer.from('{"alg":"ES256","kid":"'), Buffer.from([0xff]), Buffer.from('"}')]))}.${payload}`, fast),
  )
})

test('every form but one compact JWS of three canonical segments (RFC 7515 section 7.1, RFC 4648 section 3.5)', () => {
  const forms = [
    '', '.', '..', '...', header, `${header}.${payload}`, `${header}.${payload}.`, `.${payload}.${signature}`, `${header}..${signature}`,
    `${good}.`, `.${good}`, `${good}.${signature}`, `${good}.${payload}.${signature}`, `${header}.${payload}.${payload}.${signature}`,
    `${good}=`, `${good}==`, `${header}=.${payload}.${signature}`, `${header}.${payload}=.${signature}`, ` ${good}`, `${good} `, `${good}\n`, `${good}\r\n`, `\t${good}`,
    `${header} .${payload}.${signature}`, `${header}.${payload}. ${signature}`, `${header}.\n${payload}.${signature}`, `${good}\0`, `"${good}"`, `Bearer ${good}`, `${good},${good}`,
    `\uFEFF${good}`, good.replace('.', '\uFF0E'), good.replaceAll('.', '%2E'), `${good}A`, good.slice(0, -1), good.toUpperCase(), good.split('').toReversed().join(''),
    JSON.stringify({ protected: header, payload, signature }), JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    `${header}.${payload}.${signature}.${signature}.${signature}`, `${good}${'A'.repeat(9000)}`, 'a'.repeat(8192), '.'.repeat(8192), '.'.repeat(1e6),
  ] // prettier-ignore
  for (const form of forms) expectRefused(form)
})

test('a foreign letter that the decoder would read as one of the alphabet', () => {
  for (let at = header.length + 1; at < good.length; at++) {
    for (const plane of [0x100, 0x200, 0xff00]) {
      expectRefused(good.slice(0, at) + String.fromCharCode(plane + good.charCodeAt(at)) + good.slice(at + 1))
    }
  }
})

test('the standard alphabet in place of the URL one', () => {
  const text = forge(headerOf(fast), claims({ name: '???>>>~~~\u00ff\u00ff' }), fast)
  const [, body] = text.split('.') as [string, string]
  expect(body).toMatch(/[-_]/)
  expect(verifier.verify(text).ok).toBe(true)
  expectRefused(signInput(`${header}.${body.replaceAll('-', '+').replaceAll('_', '/')}`, fast))
})

test('spare bits of the last letter of each segment', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const segment of [0, 1, 2]) {
    for (const letter of alphabet) {
      const parts = good.split('.')
      parts[segment] = parts[segment]!.slice(0, -1) + letter
      if (parts.join('.') !== good) expectRefused(parts.join('.'))
    }
  }
  // Signed over the uncanonical spelling, so only the gate stands between.
  for (const pad of ['', ' ', '  ']) {
    const body = base64url(JSON.stringify(claims()) + pad)
    const spare = alphabet[alphabet.indexOf(body.at(-1)!) + 1]
    if (body.length % 4 !== 0) expectRefused(signInput(`${header}.${body.slice(0, -1)}${spare}`, fast))
    expectRefused(signInput(`${header}.${body}${'='.repeat((4 - (body.length % 4)) % 4 || 1)}`, fast))
    expectRefused(signInput(`${header}.${body.slice(0, 8)}\n${body.slice(8)}`, fast))
  }
})

test('ES256: r or s of zero, n, or above (CVE-2022-21449), DER in place of r and s, other lengths', () => {
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const above = Buffer.from(order)
  above[31]! += 1
  const raw = Buffer.from(signature, 'base64url')
  const halves = [Buffer.alloc(32), order, above, Buffer.alloc(32, 0xff)]
  const input = `${header}.${payload}`
  for (const half of halves) {
    for (const other of [...halves, raw.subarray(0, 32), raw.subarray(32)]) {
      expectRefused(`${input}.${base64url(Buffer.concat([half, other]))}`)
      expectRefused(`${input}.${base64url(Buffer.concat([other, half]))}`)
    }
  }
  for (const length of [0, 1, 32, 63, 65, 70, 71, 72, 96, 128]) expectRefused(`${input}.${base64url(Buffer.concat([raw, raw]).subarray(0, length))}`)
  expectRefused(`${input}.${base64url(Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]))}`)
})

test.each(ALGORITHMS)('%s: the signature of a stranger, of another token, of zeros, cut and lengthened', (algorithm) => {
  const key: TestKey = keys[algorithm]
  const token = forge(headerOf(key), claims(), key)
  const cut = token.lastIndexOf('.') + 1
  const bytes = Buffer.from(token.slice(cut), 'base64url')
  const other = forge(headerOf(key), claims({ sub: 'another' }), key)
  expect(verifier.verify(token).ok).toBe(true)
  expect(verifier.verify(forge(headerOf(key), claims(), key, stranger[algorithm]))).toEqual({ ok: false, refusal: 'signature' })
  expect(verifier.verify(token.slice(0, cut) + other.slice(other.lastIndexOf('.') + 1))).toEqual({ ok: false, refusal: 'signature' })
  for (const fill of [0, 1, 0xff]) expectRefused(token.slice(0, cut) + base64url(Buffer.alloc(bytes.length, fill)))
  for (const changed of [
    bytes.subarray(1),
    bytes.subarray(0, -1),
    Buffer.concat([Buffer.alloc(1), bytes]),
    Buffer.concat([bytes, Buffer.alloc(1)]),
  ]) {
    expectRefused(token.slice(0, cut) + base64url(changed))
  }
})

test('a repeated claim counts once, as its last value, like in jose', () => {
  const text = JSON.stringify(claims()).replace('{', '{"exp":1,"roles":["admin"],')
  expect(verifier.verify(forge(headerOf(fast), text, fast))).toEqual({ ok: true, payload: claims() })
})

test('a payload with __proto__ gives nothing to the object it becomes', () => {
  const text = JSON.stringify(claims({ roles: undefined })).replace('{', '{"__proto__":{"roles":["admin"]},')
  const verification = verifier.verify(forge(headerOf(fast), text, fast))
  expect(verification.ok && verification.payload.roles).toBe(undefined)
})

test('nesting as deep as a token has room for', () => {
  const depth = 2500
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
  const text = JSON.stringify(claims({ deep: 'HERE' })).replace('"HERE"', deep)
  const cached = verifierOf([fast], { cache: { maxEntries: 2, maxAgeSeconds: 1 } })
  const token = forge(headerOf(fast), text, fast)
  for (const each of [verifier, cached]) expect(each.verify(token).ok).toBe(true)
})

test.each([undefined, null, 0, {}, [], Symbol('token'), Buffer.from(good), new String(good)])('what is not a string', (value) => {
  expect(verifier.verify(value as string)).toEqual({ ok: false, refusal: 'malformed' })
})
