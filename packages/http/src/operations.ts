import type { Principal } from '@sallyport/core'
import type {
  DeleteAccountBody,
  EndSessionsQuery,
  LogInBody,
  PasswordBody,
  ProfileBody,
  RefreshTokenBody,
  RegisterBody,
  SessionParams,
  SessionsQuery,
} from './inputs.ts'
import type { DiscoveryView, HealthView, IssuedView, KeySetView, MeView, ProfileView, SessionsView, SignedInView } from './outputs.ts'

export interface Operation<Caller extends Principal | null = Principal | null, Body = unknown, Query = unknown, Params = unknown, Output = unknown> {
  /** `null` where the rule is public. */
  readonly caller: Caller
  readonly body: Body
  readonly query: Query
  readonly params: Params
  readonly output: Output
}

interface Open<Body, Output> extends Operation<null, Body, null, null, Output> {}
interface Own<Body, Query, Params, Output> extends Operation<Principal, Body, Query, Params, Output> {}

/** Every operation with what goes in and out: the route table's schemas and the handlers are both checked against this by the compiler. */
export interface Operations {
  readonly register: Open<RegisterBody, SignedInView>
  readonly logIn: Open<LogInBody, SignedInView>
  readonly refresh: Open<RefreshTokenBody | null, IssuedView>
  readonly logOut: Open<RefreshTokenBody | null, null>
  readonly getMe: Own<null, null, null, MeView>
  readonly changeMe: Own<ProfileBody, null, null, ProfileView>
  readonly deleteMe: Own<DeleteAccountBody, null, null, null>
  readonly changePassword: Own<PasswordBody, null, null, SignedInView>
  readonly listSessions: Own<null, SessionsQuery, null, SessionsView>
  readonly endSession: Own<null, null, SessionParams, null>
  readonly endSessions: Own<null, EndSessionsQuery, null, null>
  readonly keySet: Open<null, KeySetView>
  readonly discovery: Open<null, DiscoveryView>
  readonly health: Open<null, HealthView>
  readonly openApi: Open<null, object>
}

export type OperationId = keyof Operations
