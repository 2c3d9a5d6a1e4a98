export { standardAdapters, type StandardAdapters, type StandardAdaptersOptions } from './standard-adapters.ts'
