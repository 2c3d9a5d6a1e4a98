import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../test/test-application.ts'
import { checkSettings, type HttpSettings } from './settings.ts'

describe('settings', () => {
  it.each<Partial<HttpSettings>>([
    { prefix: 'auth' },
    { prefix: '/' },
    { prefix: '/auth/' },
    { prefix: '/a//b' },
    { prefix: '/a/..' },
    { prefix: '/a b' },
    { prefix: '/{id}' },
    { publicUrl: 'auth.example.com' },
    { publicUrl: '' },
    { publicUrl: 'ftp://example.com' },
    { publicUrl: 'https://user@example.com' },
    { publicUrl: 'https://example.com?x' },
    { publicUrl: 'https://example.com#x' },
    { allowedOrigins: ['*'] },
    { allowedOrigins: ['null'] },
    { allowedOrigins: ['https://app.example.com/'] },
    { allowedOrigins: ['https://APP.example.com'] },
    { allowedOrigins: ['https://app.example.com:443'] },
    { allowedOrigins: ['app.example.com'] },
    { transports: [] },
    { transports: ['bearer'], defaultTransport: 'cookie' },
  ])('that cannot work are refused at the start: %j', (own) => {
    expect(() => checkSettings({ ...SETTINGS, ...own })).toThrow(expect.objectContaining({ code: 'configuration' }))
  })

  it.each<[Partial<HttpSettings>, string]>([
    [{}, 'https://auth.example.com'],
    [{ publicUrl: 'http://localhost:4000', prefix: '' }, 'http://localhost:4000'],
    [{ publicUrl: 'https://example.com/auth', prefix: '/v1/auth' }, 'https://example.com'],
    [{ allowedOrigins: ['http://localhost:5173', 'https://app.example.com'] }, 'https://auth.example.com'],
  ])('that work give the own origin: %j', (own, ownOrigin) => {
    expect(checkSettings({ ...SETTINGS, ...own })).toEqual({ ownOrigin })
  })
})
