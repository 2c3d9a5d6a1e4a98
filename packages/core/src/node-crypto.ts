/**
 * The one module of Node that the core knows, taken by `process.getBuiltinModule`: a static ESM import evaluates every export of `node:crypto`, WebCrypto among them,
 * which costs every cold start about 1 ms. Marked pure so that a bundle carries it only where it is used.
 */
export const nodeCrypto: typeof import('node:crypto') = /* @__PURE__ */ process.getBuiltinModule('node:crypto')
