import { randomBytes } from 'node:crypto'
import { ConfigurationError } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { apiConfig, guardConfig, secretsIn } from './config.ts'

const secret = (): string => randomBytes(32).toString('base64')
const GUARD = {
  NODE_ENV: 'production',
  AWS_REGION: 'eu-central-1',
  SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
  SALLYPORT_DYNAMODB_TABLE: 'users',
}
const API = { ...GUARD, SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }

describe('the environment of the API', () => {
  it('needs a table, a region and the secrets; the rest has defaults', () => {
    expect(apiConfig(API)).toMatchObject({
      tableName: 'users',
      transport: 'lean',
      endpoint: null,
      redisUrl: null,
      basePath: '',
      region: 'eu-central-1',
    })
    for (const name of ['AWS_REGION', 'SALLYPORT_DYNAMODB_TABLE', 'SALLYPORT_REFRESH_SECRET'])
      expect(() => apiConfig({ ...API, [name]: undefined }), name).toThrow(ConfigurationError)
  })

  it.each([
    ['SALLYPORT_DYNAMODB_TRANSPORT', 'fast'],
    ['SALLYPORT_DYNAMODB_ENDPOINT', 'ftp://127.0.0.1'],
    ['SALLYPORT_REDIS_URL', 'http://127.0.0.1'],
    ['SALLYPORT_REDIS_URL', 'redis://'],
    ['SALLYPORT_REDIS_URL', 'redis://:50%@cache.example.com'],
    ['SALLYPORT_REDIS_URL', 'redis://:%ff@cache.example.com'],
    ['SALLYPORT_BASE_PATH', '/v1/'],
    ['SALLYPORT_BASE_PATH', 'v1'],
    ['SALLYPORT_DYNAMO_TABLE', 'users'],
    ['AWS_REGION', 'eu central'],
  ])('%s cannot be %j', (name, value) => {
    expect(() => apiConfig({ ...API, [name]: value })).toThrow(name)
  })

  it('keeps every secret out of logs, the password of Redis in both spellings', () => {
    const config = apiConfig({ ...API, SALLYPORT_REDIS_URL: 'rediss://:p%40ss-word@cache.example.com:6379' })
    expect(secretsIn(config)).toEqual(expect.arrayContaining([API.SALLYPORT_REFRESH_SECRET, 'p%40ss-word', 'p@ss-word', config.redisUrl]))
    const asked = apiConfig({ ...API, SALLYPORT_REDIS_URL: 'redis://cache.example.com?password=p%40ss-word' })
    expect(secretsIn(asked)).toEqual(expect.arrayContaining(['p@ss-word', asked.redisUrl]))
    expect(secretsIn(apiConfig(API))).not.toContain('')
  })
})

describe('the environment of an authorizer or a guarded function', () => {
  it('needs no secret, and has none when it is given some', () => {
    expect(guardConfig(GUARD)).toMatchObject({ authorizerContext: false, authorizerGateway: 'http-simple', postsTableName: '', transport: 'lean' })
    const { environment: _, ...config } = guardConfig(API)
    expect(JSON.stringify(config)).not.toContain(API.SALLYPORT_REFRESH_SECRET)
  })

  it('does not start with a revocation bound above the maximum', () => {
    const tooLong = { ...GUARD, SALLYPORT_MAX_REVOCATION_SECONDS: '60', SALLYPORT_AUTHORIZER_TTL_SECONDS: '300' }
    expect(() => guardConfig(tooLong)).toThrow(ConfigurationError)
  })

  it('does not believe what it does not know', () => {
    for (const value of ['yes', '1', 'TRUE'])
      expect(() => guardConfig({ ...GUARD, SALLYPORT_AUTHORIZER_CONTEXT: value })).toThrow('`true` or `false`')
    expect(() => guardConfig({ ...GUARD, SALLYPORT_AUTHORIZER_GATEWAY: 'alb' })).toThrow('SALLYPORT_AUTHORIZER_GATEWAY')
  })
})
