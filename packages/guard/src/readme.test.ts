import { readFileSync } from 'node:fs'
import { systemClock, type Authorize } from '@sallyport/core'
import { expect, test } from 'vitest'
import { guard, protectedRoutes } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const authorize: Authorize = () => ({ allowed: false, refusal: 'forbidden', principal: null })
  // sample
  const routes = protectedRoutes([
    { method: 'GET', path: '/posts', rule: { access: 'public' } },
    { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
  ])
  const decide = guard({ authorize, clock: systemClock, transports: ['bearer'], publicUrl: 'https://auth.example.com', allowedOrigins: [] })
  const route = routes.find('DELETE', '/posts/7')
  const decision = route === null ? null : await decide({ method: 'DELETE', headers: { authorization: 'Bearer x' }, requestId: 'r-1' }, route.rule)
  // end
  expect(decision).toMatchObject({ allowed: false, refusal: 'forbidden', response: { status: 403 } })

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
