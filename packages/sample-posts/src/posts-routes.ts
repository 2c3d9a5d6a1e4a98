import type { ProtectedRoute } from '@sallyport/guard'

/** Everybody reads, who is signed in writes, an editor deletes. From these rows come the guard of the function and the configuration of the gateway. */
export const POSTS_ROUTES: readonly ProtectedRoute[] = [
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: { access: 'signed-in' } },
  { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
]
