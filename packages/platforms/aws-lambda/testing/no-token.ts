import { expect } from 'vitest'
import type { ClientRequest } from './gateways.ts'

/** Fails when what an authorizer hands on, which ends up in access logs, holds a credential of the request or the part of it that proves it. */
export function expectNoToken(context: unknown, { headers }: Pick<ClientRequest, 'headers'>): void {
  const sent = ['authorization', 'cookie'].flatMap((name) => headers[name] ?? []).flatMap((line) => line.split(/[\s;=,]+/))
  const secrets = sent.flatMap((token) => [token, token.slice(token.lastIndexOf('.') + 1)]).filter(({ length }) => length >= 20)
  const text = JSON.stringify(context)
  for (const secret of secrets) expect(text.includes(secret), 'the context holds the token').toBe(false)
}
