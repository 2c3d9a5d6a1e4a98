// The authorizer that answers yes or no by itself, for functions that are nothing else: bundlers split by file, and the index names everything.
export { httpSimpleAuthorizer } from './authorizers/http-simple-authorizer.ts'
