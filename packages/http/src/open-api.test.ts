import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { SETTINGS, testApplication } from '../test/test-application.ts'
import { openApiDocument } from './open-api.ts'
import { routeTable } from './route-table.ts'
import type { Transport } from './settings.ts'

describe('the OpenAPI document', () => {
  it.each([[['bearer', 'cookie']], [['bearer']], [['cookie']]] as Transport[][][])('is valid OpenAPI 3.1 with transports %j', async (transports) => {
    for (const limits of ['off', { password: [], register: [{ name: 'r', subject: 'network', limit: 1, windowSeconds: 1 }] }] as const) {
      const settings = { ...SETTINGS, transports, limits }
      const document = JSON.parse(JSON.stringify(openApiDocument(routeTable(settings), settings))) as Record<string, object>
      const result = await new Validator().validate(document)
      expect(result.errors ?? []).toEqual([])
      expect(result.valid).toBe(true)
    }
  })

  it('is what is served, has every route, and is made once', async () => {
    const app = await testApplication()
    const document = await app.openApi()
    expect(await app.openApi()).toBe(document)
    const { body } = await app.send('GET', '/openapi.json')
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(document)))
    const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, { operationId: string }>> }
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    )
    expect(listed.toSorted()).toEqual(app.routes.map(({ operationId, method, path }) => `${operationId} ${method} ${path}`).toSorted())
  })

  it('says what it expects: names, types, bounds', () => {
    const document = openApiDocument(routeTable(SETTINGS), SETTINGS) as { paths: Record<string, Record<string, object>> }
    expect(document.paths['/auth/register']?.['post']).toMatchObject({
      operationId: 'register',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['email', 'password'],
              additionalProperties: false,
              properties: {
                transport: { enum: ['bearer', 'cookie'] },
                name: {
                  anyOf: [{ type: 'string', description: 'Must have 1 to 128 characters. Must not have control characters.' }, { type: 'null' }],
                },
              },
            },
          },
        },
      },
    })
    expect(document.paths['/auth/sessions']?.['get']).toMatchObject({
      security: [{ bearer: [] }, { accessCookie: [] }],
      parameters: [
        { name: 'limit', in: 'query' },
        { name: 'cursor', in: 'query' },
      ],
    })
  })
})
