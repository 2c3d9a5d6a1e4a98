import { HOUR } from '@sallyport/core'
import { NOW, signingKey, token, user } from './samples.ts'
import { nothing, type Scenario } from './scenario.ts'
import { sessionScenarios } from './session-scenarios.ts'
import { userScenarios } from './user-scenarios.ts'

const otherScenarios: readonly Scenario[] = [
  {
    name: 'oneTimeTokens.issue',
    prepare: nothing,
    act: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    answer: undefined,
    requests: ['PutItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'a' })) !== null,
  },
  {
    name: 'oneTimeTokens.consume',
    prepare: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    act: ({ oneTimeTokens }) => oneTimeTokens.consume({ ...token, attemptId: 'a' }),
    answer: token,
    requests: ['UpdateItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'b' })) === null,
  },
  {
    name: 'oneTimeTokens.endAll',
    prepare: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    act: ({ oneTimeTokens }) => oneTimeTokens.endAll(user.id),
    answer: undefined,
    requests: ['BatchWriteItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'b' })) === null,
  },
  {
    name: 'counters.count',
    prepare: nothing,
    act: ({ counters }) => counters.count([{ key: 'k', windowMs: HOUR }]),
    answer: [{ count: 1, resetsAt: Math.floor(NOW / HOUR) * HOUR + HOUR }],
    requests: ['UpdateItem'],
    // Limits err on the safe side.
    afterLoss: [{ count: 2, resetsAt: Math.floor(NOW / HOUR) * HOUR + HOUR }],
    holds: async () => true,
  },
  {
    name: 'keys.insert',
    prepare: nothing,
    act: ({ keys }) => keys.insert(signingKey),
    answer: 'inserted',
    requests: ['PutItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.kid === 'kid-1',
  },
  {
    name: 'keys.list',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.list(),
    answer: [signingKey],
    requests: ['Query'],
    holds: async () => true,
  },
  {
    name: 'keys.promote',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.promote(1, NOW),
    answer: true,
    requests: ['UpdateItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.activeFrom === NOW,
  },
  {
    name: 'keys.retire',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.retire(1, NOW),
    answer: true,
    requests: ['UpdateItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.wrappedPrivateKey === null,
  },
]

export const scenarios: readonly Scenario[] = [...userScenarios, ...sessionScenarios, ...otherScenarios]
