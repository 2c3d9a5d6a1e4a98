import type { Handler, HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'

export function keySetHandler({ authentication }: HandlerDependencies): Handler<'keySet'> {
  return async () => answer({ keys: await authentication.publicKeys() })
}

/** The part of OpenID Connect Discovery that a verifier of access tokens needs: this is no OpenID provider. */
export function discoveryHandler({ settings }: HandlerDependencies): Handler<'discovery'> {
  const { publicUrl, signingAlgorithms } = settings
  const document = answer({
    issuer: publicUrl,
    jwks_uri: `${publicUrl.replace(/\/$/, '')}/.well-known/jwks.json`,
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
  })
  return () => document
}

export function healthHandler({ authentication }: HandlerDependencies): Handler<'health'> {
  const { strategy, revocationBoundSeconds } = authentication
  const alive = answer({ status: 'ok' as const, strategy, revocationBoundSeconds })
  return () => alive
}

export function openApiHandler({ openApi }: HandlerDependencies): Handler<'openApi'> {
  return async () => answer(await openApi())
}
