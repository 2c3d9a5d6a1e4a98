import type { Attributes, Json } from '@sallyport/core'
import { ATTRIBUTES_MAX_BYTES } from '@sallyport/core'
import * as v from 'valibot'
import type { Schema } from './schema.ts'
import type { HttpSettings, Transport } from './settings.ts'

export interface RegisterBody {
  readonly email: string
  readonly password: string
  readonly name?: string | null | undefined
  readonly transport?: Transport | undefined
}

export interface LogInBody {
  readonly email: string
  readonly password: string
  readonly transport?: Transport | undefined
}

/** Of refresh and logout; the whole body may be left out. */
export interface RefreshTokenBody {
  readonly refreshToken?: string | undefined
}

export interface ProfileBody {
  readonly name?: string | null | undefined
  readonly attributes?: Attributes | undefined
}

export interface DeleteAccountBody {
  readonly password: string
}

export interface PasswordBody {
  readonly currentPassword: string
  readonly newPassword: string
}

export interface SessionsQuery {
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

export interface EndSessionsQuery {
  readonly scope?: 'others' | 'all' | undefined
}

export interface SessionParams {
  readonly id: string
}

export interface Inputs {
  readonly register: Schema<RegisterBody>
  readonly logIn: Schema<LogInBody>
  readonly refreshToken: Schema<RefreshTokenBody>
  readonly profile: Schema<ProfileBody>
  readonly deleteAccount: Schema<DeleteAccountBody>
  readonly password: Schema<PasswordBody>
  readonly sessions: Schema<SessionsQuery>
  readonly endSessions: Schema<EndSessionsQuery>
}

const NAME_MAX_CODE_POINTS = 128
const ATTRIBUTE_KEY_MAX = 64

/** Every message of a check is ours: valibot's own would echo what was sent. */
const nameText = v.pipe(
  v.string(),
  v.check((text) => text !== '' && codePoints(text) <= NAME_MAX_CODE_POINTS, `Must have 1 to ${NAME_MAX_CODE_POINTS} characters.`),
  v.check((text) => !/\p{Cc}/u.test(text), 'Must not have control characters.'),
)
const name = v.nullable(nameText)

const attributes = v.pipe(
  v.custom<Attributes>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'Must be an object.'),
  v.check((value) => keysFit(value), `Must have names of at most ${ATTRIBUTE_KEY_MAX} characters.`),
  v.check((value) => numbersAreFinite(value), 'Must have finite numbers only.'),
  v.check((value) => Buffer.byteLength(JSON.stringify(value)) <= ATTRIBUTES_MAX_BYTES, `Must be at most ${ATTRIBUTES_MAX_BYTES} bytes of JSON.`),
)

const MEMBERS_NEEDED = 'Must have at least one member.'

/** What requests may carry, by these settings: every member is named, and no other is let through (OWASP ASVS 15.3.3). */
export function inputsOf({ transports }: Pick<HttpSettings, 'transports'>): Inputs {
  const transport = v.exactOptional(v.picklist(transports))
  return {
    register: v.strictObject({ email: v.string(), password: v.string(), name: v.exactOptional(name), transport }),
    logIn: v.strictObject({ email: v.string(), password: v.string(), transport }),
    refreshToken: transports.includes('bearer') ? v.strictObject({ refreshToken: v.exactOptional(v.string()) }) : v.strictObject({}),
    profile: v.pipe(
      v.strictObject({ name: v.exactOptional(name), attributes: v.exactOptional(attributes) }),
      v.check((body) => Object.keys(body).length > 0, MEMBERS_NEEDED),
    ),
    deleteAccount: v.strictObject({ password: v.string() }),
    password: v.strictObject({ currentPassword: v.string(), newPassword: v.string() }),
    sessions: v.strictObject({
      limit: v.exactOptional(v.pipe(v.string(), v.regex(/^(?:[1-9]\d?|100)$/, 'Must be a whole number from 1 to 100.'))),
      cursor: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~-]{1,512}$/, 'Must be a cursor from an earlier answer.'))),
    }),
    endSessions: v.strictObject({ scope: v.exactOptional(v.picklist(['others', 'all'])) }),
  }
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Depth is bounded by the body's. */
function keysFit(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, member]) => key.length <= ATTRIBUTE_KEY_MAX && keysFit(member))
}

/** JSON writes 1e999, which reads as infinity and would be written back as null. */
function numbersAreFinite(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'object' || value === null || Object.values(value).every((member) => numbersAreFinite(member))
}
