// Writes what the gateway is told, from the routes: templates/gateway/. Usage: npm run gateway, in this folder.
import { writeFileSync } from 'node:fs'
import { defaultLimits, routeTable } from '@sallyport/http'
import { gatewayFiles } from './src/gateway.ts'
import { POSTS_ROUTES } from '@sallyport/sample-posts'

const api = routeTable({ prefix: '/auth', transports: ['bearer', 'cookie'], limits: defaultLimits })
for (const [name, text] of Object.entries<string>({ ...gatewayFiles({ api, posts: POSTS_ROUTES }) }))
  writeFileSync(new URL(`templates/gateway/${name}`, import.meta.url), text)
