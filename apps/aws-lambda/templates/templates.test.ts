import { readFileSync } from 'node:fs'
import { defaultLimits, routeTable } from '@sallyport/http'
import { ROUTES } from '../src/routes.ts'
import { tableDefinition } from '@sallyport/store-dynamodb'
import { describe, expect, it } from 'vitest'
import { FRONTS, SECRETS, type Front } from './functions.ts'
import { FUNCTION_NAMES, resourceName, resources, type FunctionName } from './resources.ts'
import type { DeployedRoute } from './routes.ts'
import { samFile } from './sam-file.ts'
import { serverlessFile } from './serverless-file.ts'
import { templateFiles } from './template-files.ts'
import type { Tree } from './yaml.ts'

type Branch = { readonly [name: string]: Tree }
const at = (tree: Tree | undefined, ...path: readonly string[]): Tree | undefined =>
  path.reduce<Tree | undefined>((below, name) => (typeof below === 'object' ? (below as Branch)[name] : undefined), tree)
const branch = (tree: Tree | undefined, ...path: readonly string[]): Branch => (at(tree, ...path) ?? {}) as Branch

describe('the committed templates', () => {
  it.each(templateFiles())('$path is what the generator says: npm run generate -w apps/aws-lambda', ({ path, text }) => {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(text)
  })
})

const texts = (tree: Tree | undefined): readonly string[] => [tree ?? []].flat().filter((each) => typeof each === 'string')

interface Gateway {
  readonly routes: readonly string[]
  /** Those of the routes that the authorizer stands in front of. */
  readonly checked: readonly string[]
  readonly ttlSeconds: Tree | undefined
  readonly identitySource: Tree | undefined
  readonly environments: Readonly<Record<FunctionName, Branch>>
}

function ofServerless(front: Front, routes?: readonly DeployedRoute[]): Gateway {
  const file = serverlessFile(front, routes)
  const functions = branch(file, 'functions')
  const events = FUNCTION_NAMES.flatMap((name) => (at(functions, name, 'events') ?? []) as readonly Tree[]).map((event) =>
    branch(event, front === 'http-api' ? 'httpApi' : 'http'),
  )
  const named = (event: Branch): string => [event['method'], event['path']].filter((each) => typeof each === 'string').join(' ')
  const checked = events.filter(({ authorizer }) => authorizer !== undefined)
  const authorizer = front === 'http-api' ? branch(file, 'provider', 'httpApi', 'authorizers', 'authorizer') : branch(checked[0], 'authorizer')
  return {
    routes: events.map(named),
    checked: checked.map(named),
    ttlSeconds: authorizer['resultTtlInSeconds'],
    identitySource: texts(authorizer['identitySource']).join(', '),
    environments: environments((name) => branch(functions, name, 'environment')),
  }
}

function ofSam(front: Front, routes?: readonly DeployedRoute[]): Gateway {
  const file = samFile(front, routes)
  const document = branch(file, 'Resources', 'Gateway', 'Properties', 'DefinitionBody')
  const operations = Object.entries(branch(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(methods as Branch).map(([name, operation]) => ({ name: `${methodOf(name)} ${path}`, operation })),
  )
  const scheme = branch(document, 'components', 'securitySchemes', 'authorizer')
  const authorizer = branch(scheme, 'x-amazon-apigateway-authorizer')
  return {
    routes: operations.map(({ name }) => name),
    checked: operations.filter(({ operation }) => at(operation, 'security') !== undefined).map(({ name }) => name),
    ttlSeconds: authorizer['authorizerResultTtlInSeconds'],
    identitySource:
      authorizer['type'] === 'token' ? `method.request.${texts([scheme['in']!, scheme['name']!]).join('.')}` : authorizer['identitySource'],
    environments: environments((name) => branch(file, 'Resources', `${resourceName(name)}Function`, 'Properties', 'Environment', 'Variables')),
  }
}

/** Of the names that API Gateway knows (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-any-method.html). */
function methodOf(operation: string): string {
  if (operation === 'x-amazon-apigateway-any-method') return 'ANY'
  return /^(?:get|head|post|put|patch|delete|options)$/.test(operation) ? operation.toUpperCase() : expect.fail(`${operation} is no operation.`)
}

function environments(of: (name: FunctionName) => Branch): Gateway['environments'] {
  return { api: of('api'), authorizer: of('authorizer'), posts: of('posts') }
}

describe.each([
  ['osls', ofServerless],
  ['SAM', ofSam],
] as const)('%s', (_tool, read) => {
  describe.each(FRONTS)('in front a %s', (front) => {
    const { routes, checked, ttlSeconds, identitySource, environments: given } = read(front)

    it('routes what the tables declare and their preflights, and nothing else', () => {
      const own = routeTable({ prefix: '/auth', transports: ['bearer'], limits: defaultLimits })
      const declared = [...own, ...ROUTES].map(({ method, path }) => `${method} ${path}`)
      const preflights = new Set([...own, ...ROUTES].map(({ path }) => `OPTIONS ${path}`))
      expect(routes.toSorted()).toEqual([...declared, ...preflights].toSorted())
    })

    it('has a route for all methods, beside that of one, as its tool says it', () => {
      const files: DeployedRoute = { method: 'ANY', path: '/files/{path+}', behind: 'posts', authorizer: true }
      const shown = read(front, [{ ...files, method: 'GET', authorizer: false }, files])
      expect([shown.routes, shown.checked]).toEqual([['GET /files/{path+}', 'ANY /files/{path+}'], ['ANY /files/{path+}']])
    })

    it('has the authorizer in front of every route whose rule is not public, and of no other', () => {
      const signedIn = ROUTES.filter(({ rule }) => rule.access !== 'public').map(({ method, path }) => `${method} ${path}`)
      expect(checked.toSorted()).toEqual(signedIn.toSorted())
    })

    it('keeps a verdict for as long as every function is told, and by the credential', () => {
      expect(ttlSeconds).toBeDefined()
      for (const name of FUNCTION_NAMES) expect(given[name]['SALLYPORT_AUTHORIZER_TTL_SECONDS']).toEqual(ttlSeconds)
      expect(identitySource).toBe(front === 'http-api' ? '$request.header.Authorization, $context.routeKey' : 'method.request.header.Authorization')
    })

    it('gives secrets to the API alone, from Secrets Manager, and has no default for where they are', () => {
      expect(FUNCTION_NAMES.filter((name) => /secret|pepper/i.test(JSON.stringify(given[name])))).toEqual(['api'])
      for (const name of SECRETS) {
        const text = JSON.stringify(given.api[name])
        expect(text.replace(/\$\{(?:param:s|S)ecretName\}/, 'ours')).toContain(`"{{resolve:secretsmanager:ours:SecretString:${name}}}"`)
      }
      expect(at(samFile(front), 'Parameters', 'SecretName', 'Default')).toBeUndefined()
      expect(Object.keys(branch(serverlessFile(front), 'params', 'default'))).toEqual([
        'strategy',
        'authorizerTtlSeconds',
        'maxRevocationSeconds',
        'allowedOrigins',
        'hostedIssuers',
      ])
    })
  })
})

it('each deployment of the stack is one of the REST API, which is how a changed parameter comes into force', () => {
  expect(at(samFile('rest-api'), 'Resources', 'Gateway', 'Properties', 'AlwaysDeploy')).toBe(true)
})

describe('the tables', () => {
  it('make the table that the store makes itself, and keep it when the stack is deleted', () => {
    const { TableName: _, ...definition } = tableDefinition({ tableName: 'any' }).table
    expect(resources()['UsersTable']).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        ...definition,
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    })
  })
})
