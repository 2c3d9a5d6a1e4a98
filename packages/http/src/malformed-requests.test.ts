import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bearer, SETTINGS, testApplication, type Received, type Sent, type TestApplication } from '../test/test-application.ts'
import { MAX_BODY_BYTES } from './http-message.ts'
import type { Route } from './route.ts'
import { routeTable } from './route-table.ts'

const all = routeTable(SETTINGS)
const named = (routes: readonly Route[]): [string, Route][] => routes.map((route) => [`${route.method} ${route.path}`, route])
const withBody = all.filter(({ input }) => input.body !== null)
const withoutBody = all.filter(({ input }) => input.body === null)

/** A request that would be good but for what the test changes, by somebody signed in. */
async function prepared(route: Route): Promise<{ app: TestApplication; send: (sent: Sent) => Promise<Received> }> {
  const app = await testApplication()
  const { accessToken } = (await app.registered()).json
  const own = route.credential === 'access' ? bearer(accessToken) : {}
  const path = route.path.replace('{id}', 'AAAAAAAAAAAAAAAAAAAAAA')
  return { app, send: ({ headers, ...sent }) => app.send(route.method, path, { ...sent, headers: { ...own, ...headers } }) }
}

const RUNS = { numRuns: 25 }
const good: { readonly [operationId: string]: object } = {
  register: { email: 'eve@example.com', password: 'correct horse battery staple' },
  logIn: { email: 'eve@example.com', password: 'x' },
  refresh: { refreshToken: 'x' },
  logOut: { refreshToken: 'x' },
  changeMe: { name: 'Eve' },
  deleteMe: { password: 'x' },
  changePassword: { currentPassword: 'x', newPassword: 'another fine passphrase' },
}

describe.each(named(withBody))('%s', (_, route) => {
  const members = good[route.operationId] ?? {}
  const { required } = route.input.body ?? { required: true }

  it('refuses what is not JSON, and the ways in which JSON can be two things', async () => {
    const { app, send } = await prepared(route)
    const text = JSON.stringify(members)
    const bodies = [
      text.slice(0, -1),
      `${text}}`,
      `\ufeff${text}`,
      Buffer.from(text, 'utf16le'),
      Buffer.from([...Buffer.from(text.slice(0, -2)), 0xff, 0x22, 0x7d]),
      `{"__proto__":{},${text.slice(1)}`,
      `{${Object.keys(members)
        .map((name) => `"${name}":1`)
        .join()},${text.slice(1)}`,
      '[['.repeat(8) + ']]'.repeat(8),
      '['.repeat(MAX_BODY_BYTES),
      '{"a":'.repeat(13_000),
      `{"a":"${'\\'.repeat(60_001)}"}`,
      'name=eve',
      '\0',
    ]
    for (const body of bodies) {
      const response = await send({ body })
      expect([String(body).slice(0, 40), response.status]).toEqual([String(body).slice(0, 40), 400])
      expect(response.json.type).toBe('urn:sallyport:problem:malformed-body')
    }
    if (required) for (const sent of [{}, { body: '' }]) expect((await send(sent)).status).toBe(400)
    expect(app.errors).toEqual([])
  })

  it('refuses any bytes that are no JSON object', async () => {
    const { send } = await prepared(route)
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.string({ minLength: 1 }).map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const { status } = await send({ body })
        expect(!required && body.toString() === '{}' ? [401] : [400, 422]).toContain(status)
      }),
      RUNS,
    )
  })

  it('refuses members of another type, and never echoes one', async () => {
    const { app, send } = await prepared(route)
    const wrong = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant([]),
      fc.constant(['x']),
      fc.constant({ secretly: 1 }),
      ...(route.operationId === 'changeMe' ? [] : [fc.constant(null)]),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(members)), wrong, async (member, value) => {
        const response = await send({ body: { ...members, [member]: value } })
        expect(response.status).toBe(422)
        expect(response.json.errors.every((error) => error.pointer?.startsWith(`#/${member}`))).toBe(true)
        expect(response.body).not.toContain('secretly')
      }),
      RUNS,
    )
    expect(app.errors).toEqual([])
  })

  it('refuses members that are missing or unknown', async () => {
    const { send } = await prepared(route)
    for (const member of required ? Object.keys(members) : []) {
      const rest = Object.fromEntries(Object.entries(members).filter(([name]) => name !== member))
      expect([member, (await send({ body: rest })).status]).toEqual([member, 422])
    }
    const unknown = fc.oneof(
      fc.constantFrom('userId', 'roles', 'emailVerified', 'toString', 'hasOwnProperty', 'valueOf', '0', ''),
      fc.string({ minLength: 1 }).filter((name) => name.isWellFormed()),
    )
    await fc.assert(
      fc.asyncProperty(unknown, fc.jsonValue({ maxDepth: 2 }), async (name, value) => {
        fc.pre(!['email', 'password', 'name', 'transport', 'attributes', 'refreshToken', 'currentPassword', 'newPassword'].includes(name))
        const { status } = await send({ body: JSON.stringify({ ...members, [name]: value }) })
        expect(/__proto__|constructor|prototype|\\ud/.test(JSON.stringify({ [name]: value })) ? [400, 422] : [422]).toContain(status)
      }),
      RUNS,
    )
  })

  it('refuses what is too large, whoever stopped reading', async () => {
    const { send } = await prepared(route)
    for (const body of ['too-large', Buffer.alloc(MAX_BODY_BYTES + 1, 0x20)]) expect((await send({ body })).status).toBe(413)
    const largest = await send({ body: JSON.stringify(members).padEnd(MAX_BODY_BYTES) })
    expect(largest.status).not.toBe(413)
    expect(largest.status).toBeLessThan(500)
  })

  it('refuses other content types and encodings', async () => {
    const { send } = await prepared(route)
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/json',
      'application/jsonx',
      'application/json-patch+json',
      'application/json; charset=latin1',
      'application/json; charset=utf-16',
      'application/json, text/plain',
      'application/json;charset=utf-8;x=y',
      '',
      ' ',
      '\u00a0application/json',
      'application/json;'.padEnd(9000, ' ') + 'x',
    ]
    for (const type of types) expect([type, (await send({ headers: { 'content-type': type }, body: members })).status]).toEqual([type, 415])
    expect((await send({ headers: { 'content-type': ['application/json', 'application/json'] }, body: members })).status).toBe(415)
    for (const encoding of ['gzip', 'br', 'identity, gzip', ''])
      expect([encoding, (await send({ headers: { 'content-encoding': encoding }, body: members })).status]).toEqual([encoding, 415])
    for (const type of ['application/json', 'Application/JSON', 'application/json;charset=UTF-8', 'application/json ; charset="utf-8" ']) {
      expect([200, 201, 204, 401, 403, 409]).toContain((await send({ headers: { 'content-type': type }, body: members })).status)
    }
  })
})

describe.each(named(withoutBody))('%s', (_, route) => {
  it('refuses a body of whatever type and size', async () => {
    const { app, send } = await prepared(route)
    for (const body of ['{}', 'x', Buffer.from([0xff])]) expect((await send({ body })).json.type).toBe('urn:sallyport:problem:unexpected-body')
    expect((await send({ body: 'too-large' })).status).toBe(413)
    expect((await send({ body: '' })).status).toBeLessThan(405)
    expect(app.errors).toEqual([])
  })
})

describe.each(named(all))('%s', (_, route) => {
  it('refuses queries that are unknown, repeated or badly encoded', async () => {
    const { app, send } = await prepared(route)
    const body = good[route.operationId]
    const query = fc.oneof(
      fc.constantFrom(
        'x=1',
        'limit=1&limit=1',
        'scope=all&scope=all',
        'limit=%zz',
        '%E0%A4%A',
        'limit=0',
        'limit=101',
        'limit=1.5',
        'limit=',
        'limit=1e1',
        'limit=%31%00',
        'cursor=',
        'cursor=%20',
        'scope=',
        'scope=ALL',
        '__proto__=1',
        'constructor=1',
        'toString=1',
        '&',
        '=',
        'limit[]=1',
        'limit=1;scope=all',
        '?',
      ),
      fc.string({ minLength: 1 }).filter((text) => !/^(limit|cursor|scope)=/.test(text)),
    )
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        const response = await send({ query: text, ...(body === undefined ? {} : { body }) })
        expect([text, response.status, response.json.type]).toEqual([text, 422, 'urn:sallyport:problem:invalid-input'])
      }),
      RUNS,
    )
    expect(app.errors).toEqual([])
  })

  it('answers odd headers with 4xx at worst', async () => {
    const { app, send } = await prepared(route)
    const names = fc.constantFrom(
      'authorization',
      'cookie',
      'origin',
      'content-type',
      'content-encoding',
      'sec-fetch-site',
      'user-agent',
      'host',
      'x-forwarded-for',
      '__proto__',
      'constructor',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', ';', '=', '%', '__Host-sallyport-access', '__Host-sallyport-access=', ';;;=;', 'Bearer %', '"', '\u00a0', ','),
    )
    const headers = fc.dictionary(names, fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxKeys: 5 })
    await fc.assert(
      fc.asyncProperty(headers, fc.boolean(), async (odd, withGoodBody) => {
        const body = good[route.operationId]
        const response = await send({ headers: odd, ...(withGoodBody && body !== undefined ? { body } : {}) })
        expect(response.status).toBeLessThan(500)
      }),
      RUNS,
    )
    expect(app.errors).toEqual([])
  })
})

it('is done with the worst bodies in a moment', async () => {
  const { send } = await prepared(withBody[0] as Route)
  const worst = [
    '['.repeat(MAX_BODY_BYTES),
    `{${Array.from({ length: 8000 }, (_, index) => `"${index}":0`).join()}}`,
    `"${'\\u0061'.repeat(10_900)}"`,
    `{"email":"${'a.'.repeat(16_000)}@b.cc","password":"${'x'.repeat(30_000)}"}`,
    `{"email":"${'\u0344'.repeat(500)}@b.cc","password":"${'ﷺ'.repeat(20_000)}"}`,
  ]
  for (const body of worst) {
    const times: number[] = []
    for (let run = 0; run < 3; run++) {
      // Time of this process's own work: how busy the machine is has no part in it.
      const started = process.cpuUsage()
      expect((await send({ body })).status).toBeLessThan(500)
      const { user, system } = process.cpuUsage(started)
      times.push((user + system) / 1000)
    }
    expect(Math.min(...times)).toBeLessThan(100)
  }
})
