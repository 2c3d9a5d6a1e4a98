import { lambdaAuthorizer } from './lambda-authorizer.ts'
import { lambdaMe } from './lambda-me.ts'
import type { Effort } from './measure.ts'
import type { GroupReport } from './report.ts'

/** What a function on Lambda does between being called and answering. */
export async function lambdaGroup(effort: Effort): Promise<GroupReport> {
  const reports = [await lambdaAuthorizer(effort), await lambdaMe(effort)]
  return { rows: reports.flatMap(({ rows }) => rows), details: reports.flatMap(({ details }) => details) }
}
