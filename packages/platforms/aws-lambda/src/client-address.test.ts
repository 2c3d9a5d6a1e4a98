import { describe, expect, it } from 'vitest'
import { albMulti, functionUrl, httpApi, restApi, SOURCE_IP } from '../testing/fronts.ts'
import { requestOf, requestOfEvent } from '../testing/request-of.ts'

const FRONTS = [restApi, httpApi, functionUrl, albMulti]

describe('the client’s address', () => {
  it('is who connected to the front, whatever X-Forwarded-For the client has written', async () => {
    for (const front of FRONTS) {
      expect((await requestOf(front, { headers: { 'x-forwarded-for': '198.51.100.1' } })).address, front.name).toBe(SOURCE_IP)
    }
  })

  it('is found behind proxies of the operator’s own', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.1, 192.0.2.5' }
    expect((await requestOf(albMulti, { headers }, {}, { trustedProxyHops: 1 })).address).toBe('192.0.2.5')
    expect((await requestOf(restApi, { headers }, {}, { trustedProxyHops: 1 })).address).toBe('198.51.100.1')
  })

  it('behind a proxy in front of a function URL is that proxy, because the only entry left of the list is the client’s own', async () => {
    for (const forwarded of ['127.0.0.1', '127.0.0.1, 198.51.100.1'])
      expect((await requestOf(functionUrl, { headers: { 'x-forwarded-for': forwarded } }, {}, { trustedProxyHops: 1 })).address).toBe(SOURCE_IP)
  })

  it('without a list is who connected', async () => {
    const event = restApi.event({ method: 'GET', target: '/', headers: {}, body: null })
    const bare = { ...event, headers: {}, multiValueHeaders: {} }
    expect((await requestOfEvent(bare, { trustedProxyHops: 1 })).address).toBe(SOURCE_IP)
  })

  it('is unknown when nobody says it', async () => {
    const event = { ...restApi.event({ method: 'GET', target: '/', headers: {}, body: null }), requestContext: { identity: {} } }
    expect((await requestOfEvent(event)).address).toBeNull()
  })
})
