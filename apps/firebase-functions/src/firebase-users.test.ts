import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { overSocket } from '@sallyport/conformance'
import { authorizer, type Rule } from '@sallyport/core'
import { guard } from '@sallyport/guard'
import { callableGuard } from '@sallyport/platform-google-functions'
import { firebase, hostedIssuers } from '@sallyport/tokens'
import { HttpsError, onCall } from 'firebase-functions/https'
import { afterEach, expect, test, vi } from 'vitest'
import { expressServer, type ExpressServer } from '../testing/express-server.ts'

// As Firebase's emulator does: its SDK reads ID tokens and checks no signature. Read when the SDK is loaded, and so is the console, to which it writes a line for each call.
vi.hoisted(() => {
  process.env['FIREBASE_DEBUG_MODE'] = 'true'
  process.env['FIREBASE_DEBUG_FEATURES'] = '{"skipTokenVerification":true}'
  console.debug = () => {}
})

const NOW = 1_900_000_000
const clock = { now: (): number => NOW * 1000 }
const [key, stranger] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })]
const jwks = { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'a-key', alg: 'RS256', use: 'sig' }] }

/** An ID token as Firebase Authentication makes them. */
function idToken(changes: Readonly<Record<string, unknown>>, privateKey: KeyObject): string {
  const claims = {
    iss: 'https://securetoken.google.com/sample-project',
    aud: 'sample-project',
    auth_time: NOW - 60,
    user_id: 'uid-1',
    sub: 'uid-1',
    iat: NOW,
    exp: NOW + 3600,
    firebase: { identities: {}, sign_in_provider: 'password' },
    ...changes,
  }
  const input = [{ alg: 'RS256', kid: 'a-key', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
}

const servers: ExpressServer[] = []
afterEach(async () => void (await Promise.all(servers.splice(0).map(({ close }) => close()))))

/** What a callable of Firebase's own SDK answers to an ID token in `Authorization`, where Firebase's client SDK puts it. */
async function call(changes: Readonly<Record<string, unknown>>, rule: Rule = { access: 'signed-in' }, by: KeyObject = key.privateKey) {
  const strategy = hostedIssuers({ issuers: [firebase({ projectId: 'sample-project', roles: 'roles', jwks })], clock })
  const called = callableGuard({
    guard: guard({
      authorize: authorizer({ strategy, clock }),
      clock,
      transports: ['bearer', 'cookie'],
      publicUrl: 'https://auth.example.org',
      allowedOrigins: [],
    }),
    HttpsError,
    credentialHeader: 'x-sallyport-authorization',
    onError: () => expect.unreachable(),
  })
  const seen: unknown[] = []
  const callable = onCall(
    called(rule, (request: Parameters<Parameters<typeof onCall>[0]>[0], principal) => {
      seen.push(request.auth?.uid)
      return { userId: principal?.userId, roles: principal?.roles }
    }),
  )
  const server = await expressServer(callable)
  servers.push(server)
  const headers = { authorization: `Bearer ${idToken(changes, by)}`, 'content-type': 'application/json' }
  const { status, body } = await overSocket(server.url)({ method: 'POST', target: '/', headers, body: '{"data":null}' })
  return { status, seen, ...(JSON.parse(body) as { readonly result?: object; readonly error?: object }) }
}

test('a user of Firebase Authentication calls as Firebase’s client does, and is known with the roles of the custom claim', async () => {
  const userId = 'https://securetoken.google.com/sample-project|uid-1'
  expect(await call({})).toEqual({ status: 200, seen: ['uid-1'], result: { userId, roles: [] } })
  expect(await call({ roles: ['editor'] }, { access: 'signed-in', roles: ['editor'] })).toMatchObject({
    status: 200,
    result: { userId, roles: ['editor'] },
  })
})

test('a token that Firebase takes and our guard does not reaches no callable', async () => {
  const refused = { status: 401, seen: [], error: { status: 'UNAUTHENTICATED', details: { type: 'urn:sallyport:problem:unauthenticated' } } }
  expect(await call({}, undefined, stranger.privateKey)).toMatchObject(refused)
  expect(await call({ aud: 'other-project' })).toMatchObject(refused)
  expect(await call({}, { access: 'signed-in', roles: ['editor'] })).toMatchObject({ status: 403, seen: [], error: { status: 'PERMISSION_DENIED' } })
})
