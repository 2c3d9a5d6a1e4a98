import type { Clock, Principal, Random } from '@sallyport/core'
import { failure, plainProblem, quiet, type HttpRequest, type HttpResponse, type OnError } from '@sallyport/http'
import type { Post, PostStore } from './post-store.ts'

export interface PostsOptions {
  readonly posts: PostStore
  readonly clock: Clock
  readonly random: Random
  /** Told why an answer is 500 or 503. What it throws is dropped. */
  readonly onError: OnError
}

/** Answers a request that a rule of `POSTS_ROUTES` has let in, for whoever that is: `null` where nobody has to be anybody. Never rejects. */
export type PostsFunction = (request: HttpRequest, principal: Principal | null) => Promise<HttpResponse>

const ID = /^[0-9]{15}-[0-9a-f]{16}$/
const LATEST = 10 ** 15 - 1
const LIMITS = { title: 200, text: 10_000 }

/** The function behind the rules: list, create, delete. The same on every cloud; only the store differs. */
export function postsFunction({ posts, clock, random, ...options }: PostsOptions): PostsFunction {
  const onError = quiet(options.onError)

  const create = async (request: HttpRequest, authorId: string): Promise<HttpResponse> => {
    const input = inputOf(request)
    if ('status' in input) return input
    const now = clock.now()
    const id = `${String(LATEST - now).padStart(15, '0')}-${Buffer.from(random.bytes(8)).toString('hex')}`
    const post: Post = { id, ...input, authorId, createdAt: new Date(now).toISOString() }
    await posts.add(post)
    return json(201, post)
  }

  const remove = async (id: string, requestId: string): Promise<HttpResponse> =>
    ID.test(id) && (await posts.remove(id)) ? { status: 204, headers: NO_STORE, cookies: [], body: '' } : plainProblem('not-found', requestId)

  const answer: PostsFunction = async (request, principal) => {
    const { method, path, requestId } = request
    if (method === 'GET') return json(200, { posts: await posts.latest() })
    // The rules have let nobody else in; a change of the rules must not make an author of nobody.
    if (principal === null) return plainProblem('internal', requestId)
    return method === 'POST' ? create(request, principal.userId) : remove(path.slice(path.lastIndexOf('/') + 1), requestId)
  }

  return (request, principal) =>
    answer(request, principal).catch((error: unknown) => {
      onError(error, request.requestId)
      const { code, headers } = failure(error).problem
      return plainProblem(code, request.requestId, headers)
    })
}

const NO_STORE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function json(status: number, value: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...NO_STORE }, cookies: [], body: JSON.stringify(value) }
}

/** Exactly a title and a text, within their limits; or the problem with it. */
function inputOf({ body, headers, requestId }: HttpRequest): Pick<Post, 'title' | 'text'> | HttpResponse {
  if (body === 'too-large') return plainProblem('body-too-large', requestId)
  const type = headers['content-type']
  if (typeof type !== 'string' || !/^application\/json *(?:; *charset=utf-8)?$/i.test(type)) return plainProblem('unsupported-media-type', requestId)
  const value = parsed(body)
  if (value === undefined) return plainProblem('malformed-body', requestId)
  if (typeof value !== 'object' || value === null || !('title' in value) || !('text' in value) || Object.keys(value).length !== 2)
    return plainProblem('invalid-input', requestId)
  const { title, text } = value
  const fits = (each: unknown, limit: number): each is string => typeof each === 'string' && each.trim() !== '' && each.length <= limit
  return fits(title, LIMITS.title) && fits(text, LIMITS.text) ? { title, text } : plainProblem('invalid-input', requestId)
}

/** `undefined` for what is no JSON in UTF-8. */
function parsed(body: Uint8Array | null): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body ?? new Uint8Array()))
  } catch {
    return undefined
  }
}
