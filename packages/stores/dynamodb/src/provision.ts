import { ConfigurationError, StoreUnavailableError } from '@sallyport/core'
import { DynamoError } from './dynamo-error.ts'
import type { DynamoTransport, InputOf, OperationName, OutputOf, TableDescription } from './dynamo-transport.ts'
import { isPassing, storeError } from './errors.ts'
import { tableDefinition, type TableDefinition, type TableDefinitionOptions, type TableKey } from './table-definition.ts'

export interface ProvisionOptions {
  readonly transport: DynamoTransport
  readonly table: TableDefinitionOptions
  /** How long everything may take, a table's becoming active included; 300,000 when left out. */
  readonly timeoutMs?: number
}

/** `becoming`: what is there or was asked for is not active yet. `other-…`: what is there serves somebody else, and is left alone. */
export type TableProblem =
  'missing-table' | 'other-keys' | 'missing-index' | 'other-index' | 'missing-ttl' | 'other-ttl' | 'missing-point-in-time-recovery' | 'becoming'

const HOPELESS: ReadonlySet<TableProblem> = new Set(['other-keys', 'other-index', 'other-ttl'])
/** Somebody else has just done it, or the table is not far enough yet: looking again tells. */
const LOOK_AGAIN: ReadonlySet<string> = new Set(['ResourceInUseException', 'ContinuousBackupsUnavailableException', 'LimitExceededException'])
/** A table whose capacity is being changed serves as before. */
const IN_USE: ReadonlySet<string | undefined> = new Set(['ACTIVE', 'UPDATING'])
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2000
const CALL_MS = 10_000

/**
 * Creates the table with its index, native expiry and point-in-time recovery, or whatever of these an existing table lacks, and waits until all can be used. Twice, or
 * at once: the same. Nothing that is there is changed or removed.
 *
 * @throws ConfigurationError (`configuration`) when a table, index or native expiry of that name serves something else, or when AWS refuses.
 * @throws StoreUnavailableError (`store-unavailable`) when it is not there in time; calling again goes on.
 */
export async function createTable(options: ProvisionOptions): Promise<void> {
  const { transport, table, timeoutMs = 300_000 } = options
  const definition = tableDefinition(table)
  const call = patientCaller(transport, performance.now() + timeoutMs)
  for (;;) {
    const problems = await findProblems(call, definition)
    if (problems.length === 0) return
    const hopeless = problems.find((problem) => HOPELESS.has(problem))
    if (hopeless !== undefined)
      throw new ConfigurationError(`The DynamoDB table has ${hopeless.replace('-', ' ')} than Sallyport needs under this name.`)
    // One at a time: a table takes no other change while it is being changed.
    const [problem] = problems
    try {
      if (problem !== undefined) await mend(call, definition, problem)
    } catch (error) {
      // Somebody else may just have mended it, which some refusals do not tell from a mistake.
      if ((await findProblems(call, definition))[0] === problem) throw error
    }
  }
}

/**
 * What the table lacks; nothing when it is as `createTable` leaves it. For the start of a program that must not run without, and for operators.
 *
 * @throws ConfigurationError (`configuration`) when AWS refuses to tell.
 * @throws StoreUnavailableError (`store-unavailable`) when it does not answer in time.
 */
export function verifyTable({ transport, table, timeoutMs = 300_000 }: ProvisionOptions): Promise<readonly TableProblem[]> {
  return findProblems(patientCaller(transport, performance.now() + timeoutMs), tableDefinition(table))
}

type Call = <Name extends OperationName>(operation: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>

/** Repeats what fails in passing, and slows down whoever looks again and again. */
function patientCaller(transport: DynamoTransport, deadline: number): Call & { readonly wait: (cause?: unknown) => Promise<void> } {
  let pauseMs = FIRST_PAUSE_MS
  async function wait(cause?: unknown): Promise<void> {
    const ms = pauseMs
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)
    if (performance.now() + ms > deadline) throw new StoreUnavailableError('The DynamoDB table is not ready in time.', { cause })
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
  async function call<Name extends OperationName>(operation: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    for (;;) {
      try {
        return await transport.call(operation, input, { timeoutMs: CALL_MS })
      } catch (error) {
        if (!isPassing(error)) throw error
        await wait(error)
      }
    }
  }
  return Object.assign(call, { wait })
}

type PatientCall = ReturnType<typeof patientCaller>

async function findProblems(call: PatientCall, { table, ttlAttribute, pointInTimeRecovery }: TableDefinition): Promise<readonly TableProblem[]> {
  const { TableName } = table
  const described = await refusedAs('ResourceNotFoundException', () => call('DescribeTable', { TableName }))
  if (described?.Table === undefined) return ['missing-table']
  const problems = inspect(described.Table, table)
  if (problems.includes('becoming')) return problems

  const { TimeToLiveStatus = 'DISABLED', AttributeName } =
    (await refusing(() => call('DescribeTimeToLive', { TableName }))).TimeToLiveDescription ?? {}
  if (TimeToLiveStatus === 'DISABLED') problems.push('missing-ttl')
  else if (AttributeName !== ttlAttribute) problems.push('other-ttl')
  else if (TimeToLiveStatus === 'DISABLING') problems.push('becoming')

  if (pointInTimeRecovery) {
    const { ContinuousBackupsDescription } = await refusing(() => call('DescribeContinuousBackups', { TableName }))
    const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
    if (status !== 'ENABLED') problems.push('missing-point-in-time-recovery')
  }
  return problems
}

function inspect(found: TableDescription, wanted: TableDefinition['table']): TableProblem[] {
  const [wantedIndex] = wanted.GlobalSecondaryIndexes
  const index = found.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === wantedIndex.IndexName)
  const problems: TableProblem[] = []
  if (!sameKeys(found, found.KeySchema, wanted.KeySchema)) problems.push('other-keys')
  if (index !== undefined && !sameKeys(found, index.KeySchema, wantedIndex.KeySchema)) problems.push('other-index')
  if (!IN_USE.has(found.TableStatus) || !IN_USE.has(index?.IndexStatus ?? 'ACTIVE')) problems.push('becoming')
  else if (index === undefined) problems.push('missing-index')
  return problems
}

function sameKeys(found: TableDescription, keys: TableDescription['KeySchema'], wanted: readonly TableKey[]): boolean {
  const typeOf = (name: string): string | undefined => found.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === name)?.AttributeType
  const keyOf = (type: string): string | undefined => keys?.find(({ KeyType }) => KeyType === type)?.AttributeName
  return (
    keys?.length === wanted.length && wanted.every(({ AttributeName, KeyType }) => keyOf(KeyType) === AttributeName && typeOf(AttributeName) === 'S')
  )
}

async function mend(call: PatientCall, { table, ttlAttribute }: TableDefinition, problem: TableProblem): Promise<void> {
  const { TableName, AttributeDefinitions } = table
  const [index] = table.GlobalSecondaryIndexes
  const asked = await refusedAs(LOOK_AGAIN, async () => {
    switch (problem) {
      case 'missing-table':
        return call('CreateTable', table)
      case 'missing-index':
        return call('UpdateTable', { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] } as InputOf<'UpdateTable'>)
      case 'missing-ttl':
        return call('UpdateTimeToLive', {
          TableName,
          TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
        } as InputOf<'UpdateTimeToLive'>)
      case 'missing-point-in-time-recovery':
        return call('UpdateContinuousBackups', {
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        } as InputOf<'UpdateContinuousBackups'>)
      default:
        return null
    }
  })
  if (asked === null) await call.wait()
}

/** `null` when DynamoDB refuses by that name. */
async function refusedAs<Result>(types: string | ReadonlySet<string>, work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DynamoError && (typeof types === 'string' ? types === error.type : types.has(error.type))) return null
    throw startError(error)
  }
}

const refusing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    throw startError(error)
  }
}

/** When a program starts, what does not pass by itself is a matter of configuration: no such operation, no such right, no such key. */
function startError(error: unknown): Error {
  const refused = error instanceof DynamoError ? error : null
  if (refused === null || isPassing(refused)) return storeError(error)
  return new ConfigurationError(`DynamoDB refused (${refused.type}).`, { cause: error })
}
