import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { awsCredentials } from './aws-credentials.ts'

const NOW = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** An endpoint that hands out credentials of one hour, by whatever path; `answer` may say something else. */
async function endpoint(answer: (asked: Asked, nth: number) => { readonly status?: number; readonly text: string } | undefined = () => undefined) {
  const asked: Asked[] = []
  server = createServer(({ method = '', url = '', headers }, response) => {
    asked.push({ method, url, headers })
    const { status = 200, text } = answer(asked.at(-1)!, asked.length - 1) ?? { text: issued(asked.length) }
    response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const issued = (number: number, expiresAt = NOW + 60 * MINUTE): string =>
  JSON.stringify({ AccessKeyId: `key ${number}`, SecretAccessKey: 'secret', Token: 'token', Expiration: new Date(expiresAt).toISOString() })

const clock = { time: NOW, now: () => clock.time }

afterEach(() => {
  clock.time = NOW
})

describe('awsCredentials', () => {
  it('are the variables of Lambda, before anything else', async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1' }
    expect(await awsCredentials({ environment: { ...environment, AWS_SESSION_TOKEN: 'c' } })()).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 'b',
      sessionToken: 'c',
    })
    expect(await awsCredentials({ environment })()).toEqual({ accessKeyId: 'a', secretAccessKey: 'b' })
  })

  it('come from the container with its token, which is read anew from its file each time', async () => {
    const { url, asked } = await endpoint()
    const directory = mkdtempSync(join(tmpdir(), 'sallyport-'))
    const file = join(directory, 'token')
    writeFileSync(file, 'first\n')
    const source = awsCredentials({
      environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1?x=1`, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file },
      clock,
    })
    const first = await source()
    expect(first).toEqual({ accessKeyId: 'key 1', secretAccessKey: 'secret', sessionToken: 'token', expiresAt: NOW + 60 * MINUTE })
    writeFileSync(file, 'second')
    await source(first)
    expect(asked.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1?x=1', 'first'],
      ['/v1?x=1', 'second'],
    ])
    const plain = awsCredentials({ environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'own' } })
    await plain()
    expect(asked.at(-1)?.headers.authorization).toBe('own')
    rmSync(directory, { recursive: true })
  })

  it('come from the instance by version 2 of its metadata service', async () => {
    const { url, asked } = await endpoint(({ method, url: path }) =>
      method === 'PUT' ? { text: 'session' } : path.endsWith('/') ? { text: 'the role\n' } : undefined,
    )
    const source = awsCredentials({ environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url }, clock })
    expect((await source()).accessKeyId).toBe('key 3')
    expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/the%20role',
    ])
    expect(asked[0]?.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe('300')
    expect(asked.slice(1).map(({ headers }) => headers['x-aws-ec2-metadata-token'])).toEqual(['session', 'session'])
  })

  it('are kept until shortly before they end, asked for once by all, and used to their end while no others can be had', async () => {
    const { url, asked } = await endpoint((_, nth) =>
      nth === 0 ? undefined : nth < 3 ? { status: 500, text: '' } : { text: issued(9, NOW + 200 * MINUTE) },
    )
    const source = awsCredentials({ environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, clock })
    const keys = async (count: number): Promise<string[]> =>
      (await Promise.all(Array.from({ length: count }, async () => source()))).map(({ accessKeyId }) => accessKeyId)
    expect(await keys(5)).toEqual(['key 1', 'key 1', 'key 1', 'key 1', 'key 1'])
    clock.time = NOW + 55 * MINUTE - 1
    expect(await keys(1)).toEqual(['key 1'])
    expect(asked).toHaveLength(1)
    clock.time = NOW + 55 * MINUTE
    expect(await keys(2)).toEqual(['key 1', 'key 1'])
    expect(asked).toHaveLength(2)
    clock.time = NOW + 60 * MINUTE
    await expect(source()).rejects.toMatchObject({ type: 'CredentialsError' })
    expect(await keys(3)).toEqual(['key 9', 'key 9', 'key 9'])
    expect(asked).toHaveLength(4)
  })

  it('are never quoted when the endpoint answers something else', async () => {
    const { url } = await endpoint((_, nth) => ({
      text: ['{"SecretAccessKey": secret', issued(1).replace('Expiration', 'Until'), 'null', '[]'][nth] ?? '',
    }))
    const source = awsCredentials({ environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } })
    for (let tries = 0; tries < 5; tries++) {
      const error: unknown = await Promise.resolve(source()).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ type: 'CredentialsError' })
      expect(inspect(error, { depth: 9 })).not.toMatch(/secret|key 1/)
    }
  })

  it('are refused from an endpoint that others could listen at, and where the environment names another source or none', () => {
    for (const environment of [
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.org/' },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1.example.org/' },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'file:///etc/passwd' },
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'nowhere' },
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '.example.org/' },
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '@example.org/' },
      { AWS_PROFILE: 'admin' },
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' },
      { AWS_EC2_METADATA_DISABLED: 'true' },
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'nowhere' },
    ]) {
      expect(() => awsCredentials({ environment }), JSON.stringify(environment)).toThrow(expect.objectContaining({ code: 'configuration' }))
    }
    for (const uri of ['https://example.org/', 'http://169.254.170.23/v1', 'http://[fd00:ec2::23]/v1', 'http://localhost:1/']) {
      expect(awsCredentials({ environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri } })).toBeTypeOf('function')
    }
  })
})
