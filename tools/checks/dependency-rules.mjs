// Who may know whom, as docs/architecture.md draws it. Each rule is planted and caught in boundaries.planted.mjs.
const test = '\\.test\\.ts$|^(?:apps|packages(?:/stores|/platforms)?)/[^/]+/test(?:ing)?/'
const composition = ['^packages/composition/src/', '^apps/[^/]+/src/composition\\.ts$']
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

export const dependencyRules = [
  forbid('no-cycles', 'A cycle has no first module: what it exports is undefined for whoever loads it at the wrong end.', {}, { circular: true }),
  forbid(
    'core-knows-no-workspace',
    'The core is what everything stands on; an arrow out of it would make it part of an adapter.',
    { path: '^packages/core/src/', pathNot: test },
    { path: '^(packages|apps)/', pathNot: '^packages/core/' },
  ),
  forbid(
    'core-has-no-runtime-dependency',
    'The core runs in every function, in front of every request: no package, and of Node only node:crypto.',
    { path: '^packages/core/src/', pathNot: test },
    { dependencyTypes: [...npm, 'core'], pathNot: '^(node:)?crypto$' },
  ),
  forbid(
    'adapters-know-core-only',
    'Stores, tokens and passwords are chosen one by one; one that knew another would have to be installed with it.',
    { path: '^packages/(stores/[^/]+|tokens|passwords)/' },
    { path: '^(packages|apps)/', pathNot: ['^packages/$1/', '^packages/(core|conformance)/'] },
  ),
  forbid(
    'http-knows-core-only',
    'The handlers run on every platform over every store, so they can know none of them.',
    { path: '^packages/http/src/' },
    { path: '^(packages|apps)/', pathNot: '^packages/(http|core|conformance)/' },
  ),
  forbid(
    'http-depends-on-valibot-only',
    'Each package here is on the cold path of every function; valibot is the one that was measured and chosen.',
    { path: '^packages/http/src/', pathNot: test },
    { dependencyTypes: npm, path: 'node_modules/', pathNot: 'node_modules/(valibot|@valibot/to-json-schema)/' },
  ),
  forbid(
    'platforms-know-core-and-http',
    'A platform turns events into requests; what stands behind the handlers is the business of the app that composes them.',
    { path: '^packages/platforms/([^/]+)/src/' },
    { path: '^(packages|apps)/', pathNot: ['^packages/platforms/$1/', '^packages/(core|http|guard|logging|conformance)/'] },
  ),
  forbid(
    'guard-knows-core-and-http',
    'The guard runs in front of every request on every platform, over any way of checking a credential.',
    { path: '^packages/guard/src/', pathNot: test },
    { path: '^(packages|apps)/|node_modules/', pathNot: '^packages/(guard|core|http)/' },
  ),
  forbid(
    'logging-knows-core-only',
    'Log lines are written on every platform, so what writes them brings nothing along.',
    { path: '^packages/logging/src/', pathNot: test },
    { path: '^(packages|apps)/|node_modules/', pathNot: '^packages/(logging|core)/' },
  ),
  forbid(
    'container-only-in-composition',
    'The container is a tool of composing, not of the domain: only packages/composition and the composition file of an app import it.',
    { path: '^(packages|apps)/', pathNot: composition },
    { path: 'node_modules/(inversify|@inversifyjs|reflect-metadata)/' },
  ),
  forbid('apps-are-leaves', 'An app is deployed, never imported.', { path: '^(?:packages|apps)/([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
  forbid(
    'conformance-only-in-tests',
    'The kits bring planted faults and a test runner; neither belongs into production.',
    { path: '^(packages|apps)/', pathNot: [test, '^packages/conformance/'] },
    { path: '^packages/conformance/' },
  ),
  forbid('no-unresolvable', 'An import that leads nowhere escapes every rule above.', { path: '^(packages|apps)/' }, { couldNotResolve: true }),
]
