import { HOUR, type SigningKey, type Stores } from '@sallyport/core'
import { wholeOrNothing, type FaultOperation, type Subject } from './fault-operation.ts'

const insert = ({ keys }: Stores, { key }: Subject): Promise<string> => keys.insert(key)

/** The one generation there is; `undefined` when there is none. */
async function onlyKey({ keys }: Stores): Promise<SigningKey | undefined> {
  const [key, ...more] = await keys.list()
  if (more.length > 0) throw new Error('one key was inserted and there are more')
  return key
}

export const otherOperations: readonly FaultOperation[] = [
  {
    name: 'oneTimeTokens.issue',
    given: ({ oneTimeTokens }, { olderToken }) => oneTimeTokens.issue(olderToken),
    run: async ({ oneTimeTokens }, { token }) => {
      await oneTimeTokens.issue(token)
      return 'issued'
    },
    answer: 'issued',
    afterLoss: [],
    state: async ({ oneTimeTokens }, { token, olderToken }) =>
      wholeOrNothing({
        'older dead': (await oneTimeTokens.consume({ ...olderToken, attemptId: 'look' })) === null,
        'newer alive': (await oneTimeTokens.consume({ ...token, attemptId: 'look' })) !== null,
      }),
    inPages: false,
  },
  {
    name: 'oneTimeTokens.consume',
    given: ({ oneTimeTokens }, { token }) => oneTimeTokens.issue(token),
    run: async ({ oneTimeTokens }, { token }) => String((await oneTimeTokens.consume({ ...token, attemptId: 'own' }))?.hash === token.hash),
    answer: 'true',
    afterLoss: [],
    state: async ({ oneTimeTokens }, { token }) =>
      wholeOrNothing({ 'used up': (await oneTimeTokens.consume({ ...token, attemptId: 'look' })) === null }),
    inPages: false,
  },
  {
    name: 'oneTimeTokens.endAll',
    given: async ({ oneTimeTokens }, { token }) => {
      await oneTimeTokens.issue(token)
      await oneTimeTokens.issue({ ...token, purpose: 'verify-email' })
    },
    run: async ({ oneTimeTokens }, { user }) => {
      await oneTimeTokens.endAll(user.id)
      return 'ended'
    },
    answer: 'ended',
    afterLoss: [],
    state: async ({ oneTimeTokens }, { token }) =>
      wholeOrNothing({
        one: (await oneTimeTokens.consume({ ...token, attemptId: 'look' })) === null,
        other: (await oneTimeTokens.consume({ ...token, purpose: 'verify-email', attemptId: 'look' })) === null,
      }),
    inPages: true,
  },
  {
    name: 'keys.insert',
    given: async () => {},
    run: insert,
    answer: 'inserted',
    afterLoss: [],
    state: async (plain, { key }) => wholeOrNothing({ inserted: (await onlyKey(plain))?.kid === key.kid }),
    inPages: false,
  },
  {
    name: 'keys.promote',
    given: insert,
    run: async ({ keys }, { at }) => String(await keys.promote(1, at - HOUR)),
    answer: 'true',
    afterLoss: [],
    state: async (plain, { at }) => wholeOrNothing({ promoted: (await onlyKey(plain))?.activeFrom === at - HOUR }),
    inPages: false,
  },
  {
    name: 'keys.retire',
    given: insert,
    run: async ({ keys }, { at }) => String(await keys.retire(1, at)),
    answer: 'true',
    afterLoss: [],
    async state(plain, { at }) {
      const key = await onlyKey(plain)
      return wholeOrNothing({ retired: key?.retiredAt === at, erased: key?.wrappedPrivateKey === null })
    },
    inPages: false,
  },
]
