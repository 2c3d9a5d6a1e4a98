import type { HttpMethod } from '@azure/functions'

/** The host answers any other with 404 by itself; which of these a path has, and the `Allow` that says so, is for the code behind it. */
export const EVERY_METHOD: HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
