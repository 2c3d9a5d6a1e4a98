export { guard, secondsLeft, type Decision, type Guard, type GuardedRequest, type GuardOptions, type GuardRefusal } from './guard.ts'
export { contextOf, principalIn, type PrincipalContext } from './principal-context.ts'
export { protectedRoutes, segmentsOf, type ProtectedRoute, type ProtectedRoutes, type RouteMethod, type Segment } from './protected-routes.ts'
export { fetchGuard, type FetchGuard, type FetchGuardOptions } from './fetch-guard.ts'
