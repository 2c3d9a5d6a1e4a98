// What of Sallyport is measured in process. Bundled like an app before it runs: the bench measures what ships, not sources with their types stripped.
export { compose, configuration } from '@sallyport/composition'
export { systemClock } from '@sallyport/core'
export { commonPasswordsFrom, passwordHasher } from '@sallyport/passwords'
export { nodeLogger, nodeServer } from '@sallyport/platform-node'
export { memoryStores } from '@sallyport/store-memory'
export { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
