import { readFileSync } from 'node:fs'
import { authorizer } from '@sallyport/core'
import type { ProtectedRoute } from '@sallyport/guard'
import { expect, test } from 'vitest'
import { guardParts, principal } from '../../testing/guard-parts.ts'
import { iamAllows } from '../../testing/iam.ts'
import { restTokenAuthorizer } from '../index.ts'

const here = readFileSync(import.meta.filename, 'utf8')
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

function marked(name: string): string {
  const [, sample = 'none'] = new RegExp(`// ${name}\\n([\\s\\S]*?)\\n {2}// end\\n`).exec(here) ?? []
  return sample.replaceAll(/^ {2}/gm, '')
}

test('the samples in the README and in docs/authorizers.md are this code, and work', async () => {
  const { clock } = guardParts({})
  const strategy = { check: (token: string) => (token === 'bob' ? principal('bob') : null), checkStrictly: null }
  const guardedBy = { publicUrl: 'https://auth.example.com', allowedOrigins: [] }
  // routes
  const routes: readonly ProtectedRoute[] = [
    { method: 'GET', path: '/posts', rule: { access: 'public' } },
    { method: 'POST', path: '/posts', rule: { access: 'signed-in' } },
    { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
  ]
  // end
  // authorizer
  const handler = restTokenAuthorizer({
    ...guardedBy,
    authorize: authorizer({ strategy, clock }),
    clock,
    transports: ['bearer'],
    routes,
    ttlSeconds: 60,
    revocation: { strategy: 'jwt', accessTokenSeconds: 300, sessionCacheSeconds: 0, maximumSeconds: 900 },
    recheckedBehind: false,
    undeclaredPaths: 'denied',
  })
  // end
  const stage = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
  const event = { type: 'TOKEN', authorizationToken: 'Bearer bob', methodArn: `${stage}/GET/posts` } as const
  const { policyDocument } = await handler(event, { awsRequestId: 'r-1' })
  expect(iamAllows(policyDocument, `${stage}/POST/posts`)).toBe(true)
  expect(iamAllows(policyDocument, `${stage}/DELETE/posts/7`)).toBe(false)

  expect(read('../../../../../docs/authorizers.md')).toContain(marked('routes'))
  expect(read('../../README.md')).toContain(marked('authorizer'))
})
