export { aesKeyWrapper, type AesKeyWrapperOptions } from './aes-key-wrapper.ts'
export { publicKeySet, type PublicKeySet } from './public-key-set.ts'
export { tokenSigner } from './token-signer.ts'
export { tokenVerifier, type TokenVerifierOptions } from './token-verifier.ts'
export type { CacheLimits } from './verified-cache.ts'
export { auth0, type Auth0Options } from './issuers/auth0.ts'
export type { RequiredClaims, RolesFrom } from './issuers/claim-readers.ts'
export { cognito, type CognitoOptions } from './issuers/cognito.ts'
export { entra, type EntraOptions } from './issuers/entra.ts'
export { httpsFetch, type FetchKeySet, type HttpsFetchOptions } from './issuers/fetch-key-set.ts'
export { firebase, identityPlatform, type FirebaseOptions, type IdentityPlatformOptions } from './issuers/firebase.ts'
export {
  isHostedPrincipal,
  type HostedClaims,
  type HostedIdentity,
  type HostedIssuer,
  type HostedPrincipal,
  type JsonWebKeySet,
  type KeySetSource,
} from './issuers/hosted-issuer.ts'
export { hostedIssuers, type HostedChecker, type HostedIssuersOptions } from './issuers/hosted-issuers.ts'
export { issuersFrom, type IssuerEntry } from './issuers/issuers-from.ts'
export type { KeySetSettings } from './issuers/key-set.ts'
export { oidc, type OidcOptions, type PresetOptions } from './issuers/oidc.ts'
export { ownAndHosted, type OwnAndHostedOptions } from './issuers/own-and-hosted.ts'
export type { OneOrMore } from './issuers/required.ts'
export { deploymentChecker, type DeploymentCheckerOptions, type DeploymentSettings } from './issuers/deployment-checker.ts'
export { sallyportIssuer, type SallyportIssuerOptions } from './issuers/sallyport-issuer.ts'
export { withHostedIssuers, type HostedSettings, type WithHostedIssuersOptions } from './issuers/with-hosted-issuers.ts'
