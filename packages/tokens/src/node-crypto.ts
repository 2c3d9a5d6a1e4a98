/**
 * Node's own modules, taken by `process.getBuiltinModule`: a static ESM import evaluates every export of `node:crypto`, WebCrypto among them, which
 * costs a cold start of the authorizer about 1 ms of 34. Marked pure so that a bundle without the verifier carries neither.
 */
export const nodeCrypto: typeof import('node:crypto') = /* @__PURE__ */ process.getBuiltinModule('node:crypto')
export const nodeBuffer: typeof import('node:buffer') = /* @__PURE__ */ process.getBuiltinModule('node:buffer')
