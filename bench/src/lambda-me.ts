import { Hono } from 'hono'
import assert from 'node:assert/strict'
import { loadOurLambda } from './bundle.ts'
import { eventText } from './lambda-event.ts'
import { interleave, ratioOf, seriesOf, type Effort } from './measure.ts'
import { ourApp } from './our-app.ts'
import { detailsOf, type GroupReport } from './report.ts'

interface Result {
  readonly statusCode: number
  readonly body: string
}

const OURS = 'Sallyport, GET me'
const EVENTS = 2000
const CONTEXT = { awsRequestId: '8f5ce7f6-5a2c-4f0a-9d8d-1f0f3f3a0b1c', getRemainingTimeInMillis: () => 29_000 }

/** Goal 5 through the shipped handler: an event of payload 2.0 to its result, against a framework whose handler does nothing. */
export async function lambdaMe(effort: Effort): Promise<GroupReport> {
  const { lambdaHandler } = await loadOurLambda()
  const app = await ourApp({ strategy: 'session', hash: 'trivial' })
  const own = lambdaHandler({ handle: app.http, onError: (error) => console.error(error) })
  // Typed here: its own types call it deprecated in favour of a package that is not published yet, and are not there before the bench is installed.
  const { handle } = (await import('hono/aws-lambda')) as unknown as { readonly handle: (app: Hono) => (event: object) => Promise<Result> }
  const hono = handle(new Hono().get('/auth/me', (context) => context.body(null)))
  const text = eventText({ method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${app.accessToken}` } })
  // The runtime parses the text of an event before it calls a handler, which is a part of neither; the strings are new for every call of a slice all the same.
  const events = Array.from({ length: EVENTS }, () => JSON.parse(text) as object)
  let call = 0
  const next = (): object => events[call++ % EVENTS] ?? {}
  const ours = (): Promise<Result> => own(next(), CONTEXT)
  const peer = (): Promise<Result> => hono(next())
  assert.match((await ours()).body, /"email":"ada@example.com"/)
  assert.equal((await peer()).statusCode, 200)

  const base = 'hono/aws-lambda, an empty handler'
  const results = await interleave({ name: base, run: peer, asynchronous: true }, [{ name: OURS, run: ours, asynchronous: true }], effort)
  await app.close()
  return {
    rows: [
      {
        goal: 5,
        what: 'GET me by the Lambda handler, event to answer / hono/aws-lambda, empty',
        ours: ratioOf(seriesOf(results, OURS).rates),
        bound: { atLeast: 3 },
      },
    ],
    details: [detailsOf('GET me by the handler for Lambda', base, results)],
  }
}
