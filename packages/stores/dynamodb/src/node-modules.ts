/** Node's own modules, taken by `process.getBuiltinModule`: a static import of `node:http` loads undici, which doubles the start of a function. Pure, so that bundles drop what they do not use. */
export const nodeCrypto: typeof import('node:crypto') = /* @__PURE__ */ process.getBuiltinModule('node:crypto')
