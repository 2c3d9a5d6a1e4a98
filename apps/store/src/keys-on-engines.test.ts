import type { Application } from '@sallyport/composition'
import { expect, it } from 'vitest'
import { API_SECRETS, applicationAt } from '../testing/application.ts'
import { onEveryEngine } from '../testing/on-every-engine.ts'
import { runStore } from '../testing/store-run.ts'

const CONTEXT = { address: '203.0.113.7', userAgent: 'curl', requestId: null }

const isAccepted = async ({ authentication }: Application, token: string): Promise<boolean> =>
  (await authentication.authorize(token, { access: 'signed-in' })).allowed

await onEveryEngine('leaked keys on every store', ({ environment: engines, freshStore }) => {
  const environment = { ...engines, ...API_SECRETS }

  it.each(['sqlite', 'dynamodb', 'datastore', 'redis'] as const)(
    '%s: one is replaced by four operators at once while an instance starts; its tokens are refused, the session lives on',
    async (kind) => {
      const url = await freshStore(kind)
      const of = ['keys', '--of', url]
      const rows = async (): Promise<string[][]> =>
        (await runStore(of, environment)).stdout
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => line.split(/ {2,}/))
      const before = await applicationAt(url, 'jwt', environment)
      const registered = await before.authentication.register(
        { email: 'ada@example.org', password: 'correct horse battery staple', name: 'Ada' },
        CONTEXT,
      )
      if (registered.outcome !== 'registered') throw new Error(registered.outcome)
      const { accessToken, refreshToken } = registered.started.credentials
      expect(await isAccepted(before, accessToken)).toBe(true)

      expect((await runStore([...of, '--rotate'], environment)).code).toBe(0)
      const [leaked = [], waiting = [], ...none] = await rows()
      expect([leaked[3], waiting[3], none]).toEqual(['current', 'next', []])
      const retire = () => runStore([...of, `--retire=${leaked[0]}`], environment)
      const [during, ...runs] = await Promise.all([applicationAt(url, 'jwt', environment), retire(), retire(), retire(), retire()])
      for (const { code, stderr } of runs) expect([code, stderr]).toEqual([0, `retired: ${leaked[0]}\nsigns now: ${waiting[0]}\n`])
      expect((await rows()).map(([kid, , , state]) => [kid, state])).toEqual([
        [leaked[0], 'retired'],
        [waiting[0], 'current'],
      ])

      const after = await applicationAt(url, 'jwt', environment)
      expect(await isAccepted(after, accessToken)).toBe(false)
      const refreshed = await after.authentication.refresh(refreshToken ?? '', CONTEXT)
      if (refreshed.outcome !== 'refreshed') throw new Error(refreshed.outcome)
      expect(await isAccepted(after, refreshed.credentials.accessToken)).toBe(true)

      // The one that signs and the one that waits are leaked: a third is made here, and instances open it.
      await runStore([...of, '--rotate'], environment)
      const [, signing = [], third = []] = await rows()
      expect((await runStore([...of, `--retire=${signing[0]}`, `--retire=${third[0]}`], environment)).code).toBe(0)
      expect((await rows()).map((row) => row[3])).toEqual(['retired', 'retired', 'retired', 'current'])
      const last = await applicationAt(url, 'jwt', environment)
      expect(await isAccepted(last, refreshed.credentials.accessToken)).toBe(false)
      expect((await last.authentication.refresh(refreshed.credentials.refreshToken ?? '', CONTEXT)).outcome).toBe('refreshed')
      for (const application of [before, during, after, last]) await application.close()
    },
  )
})
