// Writes templates/gateway.json from the route table and the rules of the posts function; a test holds the file to it.
// Usage: npm run generate -w apps/google-cloud-functions
import { writeFileSync } from 'node:fs'
import { gatewayFile } from './src/gateway-file.ts'

writeFileSync(new URL('templates/gateway.json', import.meta.url), gatewayFile())
