import type { ProtectedRoute } from '@sallyport/guard'

/** The API of the guard kit: every kind of rule, fixed paths beside parameters, and methods of one path that differ. */
export const GUARD_ROUTES: readonly ProtectedRoute[] = [
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: { access: 'signed-in' } },
  { method: 'GET', path: '/posts/{id}', rule: { access: 'signed-in' } },
  { method: 'PUT', path: '/posts/{id}', rule: { access: 'signed-in' } },
  { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor', 'admin'] } },
  { method: 'GET', path: '/drafts', rule: { access: 'signed-in', roles: ['editor'] } },
  { method: 'PATCH', path: '/drafts', rule: { access: 'signed-in' } },
  { method: 'GET', path: '/users', rule: { access: 'signed-in', scopes: ['profile', 'users:write'] } },
  { method: 'POST', path: '/transfer', rule: { access: 'signed-in', freshSeconds: 60 } },
  { method: 'DELETE', path: '/vault', rule: { access: 'signed-in', roles: ['admin'], strict: true } },
]
