import { TestClock } from '@sallyport/conformance'
import { ConfigurationError, StoreUnavailableError, type Principal } from '@sallyport/core'
import { protectedRoutes, type ProtectedRoute } from '@sallyport/guard'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatewayScenarios, requestOf, TTL_SECONDS, type CallStep, type Scenario } from '../../testing/gateway-scenarios.ts'
import { gatewaySide, PAGES, type SeenVerdict, type SideOptions } from '../../testing/gateway-side.ts'
import { httpGateway, restRequestGateway, restTokenGateway, type Gateway } from '../../testing/gateways.ts'
import { NOW, principal } from '../../testing/guard-parts.ts'
import { httpPolicyAuthorizer } from './http-policy-authorizer.ts'
import { httpSimpleAuthorizer } from './http-simple-authorizer.ts'
import { restRequestAuthorizer, restTokenAuthorizer } from './rest-authorizers.ts'

const TTL = TTL_SECONDS * 1000
const RUNS = 400

/** The gateway keeps verdicts for `options.ttlSeconds`; `told` is what its authorizer knows of that. */
type Build = (run: Pick<Scenario, 'payload' | 'routeKeyed'>, options: SideOptions, told: number) => Gateway

const gateways: Readonly<Record<string, Build>> = {
  'REST TOKEN': (_run, options, ttlSeconds) => restTokenGateway(options, restTokenAuthorizer({ ...options, ttlSeconds })),
  'REST REQUEST': (_run, options, ttlSeconds) => restRequestGateway(options, restRequestAuthorizer({ ...options, ttlSeconds })),
  'HTTP API with policies': ({ payload }, options, ttlSeconds) =>
    httpGateway({ ...options, payload, answers: 'policy', routeKeyed: false }, httpPolicyAuthorizer({ ...options, ttlSeconds })),
  'HTTP API with simple answers': ({ routeKeyed }, options, ttlSeconds) =>
    httpGateway({ ...options, payload: '2.0', answers: 'simple', routeKeyed }, httpSimpleAuthorizer({ ...options, ttlSeconds })),
}

/** Who is behind a token and when that ends. */
function peopleOf({ people }: Scenario) {
  const known = new Map<string, Principal>([
    ['ada', principal('ada', [], people.ada)],
    ['bob', principal('bob', [], people.bob)],
  ])
  const endedAt = new Map<string, number>()
  return {
    end: (token: string, now: number): void => void endedAt.set(token, Math.min(endedAt.get(token) ?? Infinity, now)),
    /** By this time, knowing of sessions what was known at that one. */
    find: (token: string, now: number, sessionsAt: number): Principal | null => {
      const found = known.get(token)
      return found !== undefined && now < found.expiresAt && sessionsAt < (endedAt.get(token) ?? Infinity) ? found : null
    },
  }
}

/** A time, and before which instant the ends of sessions were known. */
type Moment = readonly [now: number, sessionsAt: number]

/** When somebody who is let in now may have been found to be good: a function behind sees the time, and under a strict rule the session. */
function moments(now: number, { recheckedBehind }: Scenario, route: ProtectedRoute | null): readonly Moment[] {
  const strict = route?.rule.access === 'signed-in' && route.rule.strict === true
  return [[now, now], recheckedBehind ? [now, strict ? now : now - TTL] : longestKept(now)]
}

function longestKept(now: number): Moment {
  return [now - TTL + 1, now - TTL]
}

interface Count {
  judged: number
  letIn: number
  refused: number
}

/** Fails where a request gets a verdict that it would not get without a cache: now, or at a moment from which it may have been kept. */
function asWithoutCache(name: string, count: Count, told = TTL_SECONDS) {
  const build = gateways[name]!
  return fc.asyncProperty(gatewayScenarios(name === 'REST TOKEN' ? ['bearer'] : ['bearer', 'cookie']), async (run) => {
    const people = peopleOf(run)
    const clock = new TestClock(NOW)
    let outage = false
    const view = { clock: new TestClock(NOW), sessionsAt: NOW }
    const keptCheck = (token: string): Principal | null | Promise<never> =>
      outage ? Promise.reject(new StoreUnavailableError('planted')) : people.find(token, clock.now(), clock.now())
    const askedCheck = (token: string): Principal | null => people.find(token, view.clock.now(), view.sessionsAt)
    const sides = started(() => ({
      kept: gatewaySide({ ...run, check: keptCheck, clock, ttlSeconds: TTL_SECONDS }, (options) => build(run, options, told)),
      asked: gatewaySide({ ...run, check: askedCheck, clock: view.clock, ttlSeconds: 0, recheckedBehind: false }, (options) =>
        build(run, options, 0),
      ),
    }))
    if (sides === null) return
    count.judged++
    const declared = protectedRoutes(run.routes)
    for (const step of run.steps) {
      if (step.step === 'wait') clock.advance(step.milliseconds)
      else if (step.step === 'outage') outage = step.outage
      else if (step.step === 'end') people.end(step.token, clock.now())
      else {
        const request = requestOf(step, run)
        const route = declared.find(request.method, request.path)
        const routed = isSimple(name) ? declared.find(request.method, request.path.replace(/\/$/, '')) : route
        // What was kept is for the route, whatever the path: a function behind has to look. Kept without the route it is for every route there is.
        if (isSimple(name) && route === null && (run.recheckedBehind || (!run.routeKeyed && routed === null))) continue
        const verdict = comparable(name, route, await sides.kept(request))
        const without = async ([now, sessionsAt]: Moment, path: string): Promise<SeenVerdict> => {
          view.clock.moveTo(now)
          view.sessionsAt = sessionsAt
          return comparable(name, route, await sides.asked({ ...request, path }))
        }
        const expected = new Set<SeenVerdict>(outage ? ['error'] : [])
        for (const moment of moments(clock.now(), run, route)) {
          expected.add(await without(moment, request.path))
          if (routed !== route) expected.add(await without(moment, request.path.slice(0, -1)))
          const isGood = step.token !== null && askedCheck(step.token) !== null && !(run.transport === 'cookie' && 'authorization' in request.headers)
          for (const each of documented(name, step, run, route, isGood)) expected.add(each)
        }
        // Nobody behind is asked about what is refused in front.
        const refusal = await without(longestKept(clock.now()), request.path)
        if (refusal === 'refused' || refusal === 'unauthenticated') expected.add(refusal)
        expect([...expected], `${request.method} ${request.path} ${JSON.stringify(request.headers)}`).toContain(verdict)
        if (verdict.startsWith('as ')) count.letIn++
        else if (verdict !== 'open') count.refused++
      }
    }
  })
}

function started<Sides>(start: () => Sides): Sides | null {
  try {
    return start()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return null
  }
}

/** Why nobody passes where no route answers is all the same. An authorizer of an HTTP API has one answer for whoever is refused. */
function comparable(name: string, route: ProtectedRoute | null, verdict: SeenVerdict): SeenVerdict {
  const refused = verdict === 'unauthenticated' || (route === null && verdict === 'error')
  return refused && (route === null || name.startsWith('HTTP')) ? 'refused' : verdict
}

/** What a gateway that keeps verdicts answers otherwise, as docs/authorizers.md says. */
function documented(name: string, call: CallStep, run: Scenario, route: ProtectedRoute | null, isGood: boolean): readonly SeenVerdict[] {
  const http = name.startsWith('HTTP')
  const refused: SeenVerdict = http ? 'refused' : 'unauthenticated'
  const byCookie = run.transport === 'cookie'
  const answers: (readonly [SeenVerdict, boolean])[] = [
    // Without what it keeps verdicts by it asks nobody.
    [refused, call.token === null],
    // A REST API has no other answer for a bad token than 401, whatever the route.
    [refused, !http && run.publicToo && route?.rule.access === 'public' && !isGood],
    // The policy for nobody can refuse a public route, where a wider one that is not public stands over it.
    ['open', route?.rule.access === 'public'],
    // Of two reasons either.
    [refused, byCookie && call.page === PAGES.foreign && !isGood],
    // Routes with different rules need their key.
    ['error', isSimple(name) && !run.routeKeyed && new Set(run.routes.map(({ rule }) => JSON.stringify(rule))).size > 1],
    // A header beside the cookie is no part of the key.
    ['error', http && byCookie && run.recheckedBehind && call.beside !== null],
  ]
  return answers.flatMap(([verdict, applies]) => (applies ? [verdict] : []))
}

function isSimple(name: string): boolean {
  return name.endsWith('simple answers')
}

describe.each(Object.keys(gateways))('%s', (name) => {
  it('gives every request, in any order, through outages, and as time passes, a verdict that it would get without a cache', async () => {
    const count: Count = { judged: 0, letIn: 0, refused: 0 }
    await fc.assert(asWithoutCache(name, count), { numRuns: RUNS })
    console.log(`kept verdicts, ${name}: ${JSON.stringify(count)}`)
    // The property says nothing of tables that do not start, nor of requests that nobody lets in anyway.
    expect(count.judged).toBeGreaterThan(RUNS / 3)
    expect(count.letIn).toBeGreaterThan(RUNS / 2)
  })

  it('planted fault: an authorizer that does not know of the cache is found', async () => {
    const details = await fc.check(asWithoutCache(name, { judged: 0, letIn: 0, refused: 0 }, 0), { numRuns: 2000 })
    expect(details.failed).toBe(true)
  })
})
