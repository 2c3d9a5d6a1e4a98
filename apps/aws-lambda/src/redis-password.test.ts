import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundles } from '../testing/bundles.ts'
import { startChild, type Child } from '../testing/child-process.ts'

/** Answers each command as Redis does one that it does not know, which for versions before 6 is an AUTH with a user: with its arguments. The client's commands come as arrays of lengths and texts. */
const REFUSING = `
const server = process.getBuiltinModule('node:net').createServer((socket) =>
  socket.on('error', () => {}).on('data', (data) => {
    for (const command of data.toString().split(/^\\*\\d+\\r\\n/m).filter(Boolean)) {
      const [name, ...given] = command.split('\\r\\n').filter((_, line) => line % 2 === 1)
      socket.write(\`-ERR unknown command '\${name}', with args beginning with: \${given.map((each) => \`'\${each}' \`).join('')}\\r\\n\`)
    }
  }),
)
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))
`

const { invoke, remove } = bundles()
let redis: Child
let port = ''
beforeAll(async () => {
  redis = startChild(['--eval', REFUSING], '.', {})
  port = (await redis.seen(/port (\d+)/))[1] ?? ''
})
afterAll(async () => {
  await redis.stop()
  remove()
})

const TOKEN = `Bearer 01890a5d-ac96-774b-bcce-b302099a8057.${'A'.repeat(22)}.${'A'.repeat(43)}`
const called = (method: string, path: string): object => ({
  version: '2.0',
  routeKey: `${method} ${path}`,
  rawPath: path,
  rawQueryString: '',
  headers: { authorization: TOKEN },
  requestContext: { requestId: 'q', stage: '$default', http: { method, sourceIp: '203.0.113.7' } },
})
const routeArn = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default/POST/posts'

test.each([
  ['authorizer', { ...called('POST', '/posts'), type: 'REQUEST', routeArn, identitySource: [TOKEN] }],
  ['posts', called('POST', '/posts')],
  ['api', called('GET', '/auth/me')],
])('%s logs an answer of Redis that quotes the password, and no password', (name, event) => {
  for (const address of [`redis://u:hunter2%21hunter2@127.0.0.1:${port}`, `redis://127.0.0.1:${port}?username=u&password=hunter2%21hunter2`]) {
    const text = JSON.stringify(invoke(name, event, { SALLYPORT_STRATEGY: 'session', SALLYPORT_REDIS_URL: address }).lines)
    expect(text).toContain("unknown command 'auth', with args beginning with: 'u' '[removed]'")
    expect(text).not.toContain('hunter2')
  }
})
