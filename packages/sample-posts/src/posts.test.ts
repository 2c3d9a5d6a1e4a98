import { StoreUnavailableError, type Principal } from '@sallyport/core'
import type { HttpRequest, HttpResponse } from '@sallyport/http'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Post, PostStore } from './post-store.ts'
import { postsFunction } from './posts.ts'

const ADA = { userId: 'ada' } as Principal
let stored: Post[]
let now: number
beforeEach(() => {
  stored = []
  now = 1_800_000_000_000
})

const memoryPosts: PostStore = {
  latest: async () => stored,
  add: async (post) => void stored.push(post),
  remove: async (id) => {
    const before = stored.length
    stored = stored.filter((post) => post.id !== id)
    return stored.length < before
  },
}

interface Asked extends Partial<HttpRequest> {
  readonly posts?: PostStore
  readonly principal?: Principal | null
  readonly onError?: (error: unknown) => void
}

function ask({ posts = memoryPosts, principal = ADA, onError = () => expect.unreachable(), ...request }: Asked): Promise<HttpResponse> {
  const random = { bytes: (length: number) => new Uint8Array(length).fill(0xab) }
  const answerTo = postsFunction({ posts, clock: { now: () => now }, random, onError })
  const whole: HttpRequest = {
    method: 'POST',
    path: '/posts',
    query: '',
    headers: JSON_TYPE,
    body: null,
    address: null,
    requestId: 'r-1',
    ...request,
  }
  return answerTo(whole, principal)
}

const JSON_TYPE = { 'content-type': 'application/json' }
const create = (body: string | Uint8Array): Promise<HttpResponse> => ask({ body: Buffer.from(body) })
const GOOD = JSON.stringify({ title: 'Title', text: 'Text' })

test('what was written is in the list, by whom and when; newer posts have lower ids', async () => {
  const created = await create(GOOD)
  expect(created.status).toBe(201)
  const post = JSON.parse(created.body) as Post
  expect(post).toEqual({
    id: '998199999999999-abababababababab',
    title: 'Title',
    text: 'Text',
    authorId: 'ada',
    createdAt: '2027-01-15T08:00:00.000Z',
  })
  now += 1
  const later = JSON.parse((await create(GOOD)).body) as Post
  expect(later.id < post.id).toBe(true)
  const listed = await ask({ method: 'GET', principal: null })
  expect(JSON.parse(listed.body)).toMatchObject({ posts: [post, later] })
})

test('what is deleted is gone, and gone only once', async () => {
  const { id } = JSON.parse((await create(GOOD)).body) as Post
  const remove = (path: string): Promise<HttpResponse> => ask({ method: 'DELETE', path })
  expect(await remove(`/posts/${id}`)).toMatchObject({ status: 204, body: '' })
  expect((await remove(`/posts/${id}`)).status).toBe(404)
  for (const odd of ['/posts/..', '/posts/%2e', `/posts/${'9'.repeat(1600)}`, '/posts/__x__']) expect((await remove(odd)).status).toBe(404)
})

describe('input that is none is refused, and nothing is written', () => {
  test.each([
    [400, ''],
    [400, '{'],
    [400, `\ufeff${GOOD}`],
    [400, Uint8Array.from([0x22, 0xff, 0x22])],
    [422, 'null'],
    [422, '[]'],
    [422, '{"title":"a"}'],
    [422, '{"title":"a","text":"b","authorId":"eve"}'],
    [422, '{"title":"","text":"b"}'],
    [422, '{"title":" ","text":"b"}'],
    [422, '{"title":1,"text":"b"}'],
    [422, JSON.stringify({ title: 'x'.repeat(201), text: 'b' })],
    [422, JSON.stringify({ title: 'x', text: 'b'.repeat(10_001) })],
  ])('%i for %j', async (status, body) => {
    expect(await create(body)).toMatchObject({ status, headers: { 'content-type': 'application/problem+json; charset=utf-8' } })
    expect(stored).toEqual([])
  })

  test.each([undefined, 'text/plain', 'application/json; charset=latin1', ['application/json', 'text/plain']])('415 for %j', async (type) => {
    expect((await ask({ body: Buffer.from(GOOD), headers: { 'content-type': type } })).status).toBe(415)
  })

  test('413 for what is too large, and nobody becomes an author', async () => {
    expect((await ask({ body: 'too-large' })).status).toBe(413)
    expect((await ask({ body: Buffer.from(GOOD), principal: null })).status).toBe(500)
    expect(stored).toEqual([])
  })
})

test('while the store does not answer it is 503 with Retry-After, a bug is 500 without detail, and both are told', async () => {
  const failing = (error: Error): PostStore => ({
    ...memoryPosts,
    latest: async () => {
      throw error
    },
  })
  const told: unknown[] = []
  const onError = (error: unknown): void => void told.push(error)
  const [down, bug] = [new StoreUnavailableError('down'), new Error('a detail')]
  expect(await ask({ method: 'GET', posts: failing(down), onError })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  const { status, body } = await ask({ method: 'GET', posts: failing(bug), onError })
  expect([status, body.includes('detail')]).toEqual([500, false])
  expect(told).toEqual([down, bug])
})
