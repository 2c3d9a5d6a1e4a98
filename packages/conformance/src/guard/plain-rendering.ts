import { protectedRoutes } from '@sallyport/guard'
import type { GuardParts, MountedGuard } from './guard-harness.ts'

/** The guard without any platform: what the others are compared with. */
export function plainRendering({ guard, routes }: GuardParts): MountedGuard {
  const declared = protectedRoutes(routes)
  return {
    ask: async ({ method, path, headers }) => {
      const route = declared.find(method, path)
      if (route === null) return { allowed: false, refusal: 'refused' }
      const decision = await guard({ method, headers, requestId: 'in-process' }, route.rule)
      return decision.allowed ? { allowed: true, userId: decision.principal?.userId ?? null } : { allowed: false, refusal: decision.refusal }
    },
    close: async () => {},
  }
}
