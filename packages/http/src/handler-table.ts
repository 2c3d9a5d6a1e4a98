import type { Handler, HandlerDependencies } from './handler.ts'
import { changeMeHandler } from './handlers/change-me.ts'
import { changePasswordHandler } from './handlers/change-password.ts'
import { deleteMeHandler } from './handlers/delete-me.ts'
import { discoveryHandler, healthHandler, keySetHandler, openApiHandler } from './handlers/documents.ts'
import { endSessionHandler } from './handlers/end-session.ts'
import { endSessionsHandler } from './handlers/end-sessions.ts'
import { getMeHandler } from './handlers/get-me.ts'
import { listSessionsHandler } from './handlers/list-sessions.ts'
import { logInHandler } from './handlers/log-in.ts'
import { logOutHandler } from './handlers/log-out.ts'
import { refreshHandler } from './handlers/refresh.ts'
import { registerHandler } from './handlers/register.ts'
import type { OperationId } from './operations.ts'

/** One handler for every operation, by its name. */
export function handlerTable(dependencies: HandlerDependencies): { readonly [Id in OperationId]: Handler<Id> } {
  return {
    register: registerHandler(dependencies),
    logIn: logInHandler(dependencies),
    refresh: refreshHandler(dependencies),
    logOut: logOutHandler(dependencies),
    getMe: getMeHandler(dependencies),
    changeMe: changeMeHandler(dependencies),
    deleteMe: deleteMeHandler(dependencies),
    changePassword: changePasswordHandler(dependencies),
    listSessions: listSessionsHandler(dependencies),
    endSession: endSessionHandler(dependencies),
    endSessions: endSessionsHandler(dependencies),
    keySet: keySetHandler(dependencies),
    discovery: discoveryHandler(dependencies),
    health: healthHandler(dependencies),
    openApi: openApiHandler(dependencies),
  }
}
