import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtFunctions } from '../testing/built-functions.ts'
import { serverlessOffline } from '../testing/install-runtime.ts'
import { missingAwsCli, samPackage } from '../testing/sam-package.ts'
import { serverlessFile } from '../templates/serverless-file.ts'
import { yaml } from '../templates/yaml.ts'
import { oslsPackage, type CloudFormationResource, type Package } from '../testing/osls-package.ts'
import { cfnLint, samRedeployment, samTranslator } from '../testing/template-checkers.ts'

const { modules, missing } = serverlessOffline()
const built = builtFunctions()
afterAll(() => built.remove())

const SECRET = '{{resolve:secretsmanager:sallyport/test:SecretString:'
const parameters = { secretName: 'sallyport/test', strategy: 'session', authorizerTtlSeconds: '120', publicUrl: 'https://auth.example.com' }

for (const [file, form, front] of [
  ['serverless.yml', 'http-simple', 'http-api'],
  ['serverless.rest-api.yml', 'rest', 'rest-api'],
] as const) {
  if (missing !== null) it(`osls package of ${file}: ${missing}`, ({ skip }) => skip(missing))
  else
    describe(`osls package of ${file}`, () => {
      let made: Package
      beforeAll(() => {
        made = oslsPackage({ modules, functions: built.folder, file, parameters })
      })
      afterAll(() => made.remove())

      const ofType = (type: string): readonly CloudFormationResource[] => Object.values(made.template.Resources).filter(({ Type }) => Type === type)

      it('has the handler of each function in its archive', () => {
        const handlers = ofType('AWS::Lambda::Function').map(({ Properties }) => String(Properties['Handler']))
        expect(handlers).toEqual(['api/index', `authorizer/session-${form}`, 'posts/index'].map((each) => `dist/functions/${each}.handler`))
        for (const handler of handlers)
          expect(made.archive(handler.split('/')[2] ?? '').toString('latin1')).toContain(handler.replace(/handler$/, 'mjs'))
      })

      it('makes three functions on Node 24, each under a role and with an archive of its own', () => {
        expect(ofType('AWS::Lambda::Function').map(({ Properties }) => [Properties['Runtime'], Properties['Role']])).toEqual(
          ['Api', 'Authorizer', 'Posts'].map((name) => ['nodejs24.x', { 'Fn::GetAtt': [`${name}Role`, 'Arn'] }]),
        )
        expect(ofType('AWS::IAM::Role')).toHaveLength(3)
        for (const name of ['api', 'authorizer', 'posts']) {
          const names = made.archive(name).toString('latin1')
          for (const other of ['api', 'authorizer', 'posts']) if (other !== name) expect(names).not.toContain(`dist/functions/${other}/`)
        }
      })

      it('takes strategy, address and the life of a verdict from the parameters', () => {
        for (const { Properties } of ofType('AWS::Lambda::Function')) {
          expect(Properties['Environment']).toMatchObject({
            Variables: {
              SALLYPORT_STRATEGY: 'session',
              SALLYPORT_AUTHORIZER_TTL_SECONDS: '120',
              SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
            },
          })
        }
        const [authorizer] = [...ofType('AWS::ApiGatewayV2::Authorizer'), ...ofType('AWS::ApiGateway::Authorizer')]
        expect(authorizer?.Properties['AuthorizerResultTtlInSeconds']).toBe(120)
      })

      it('leaves secrets where they are, and ends the logs', () => {
        const text = JSON.stringify(made.template)
        expect(text.split(SECRET)).toHaveLength(4)
        for (const { Properties } of ofType('AWS::Logs::LogGroup')) expect(Properties['RetentionInDays']).toBe(30)
      })

      it('takes a route for all methods for one', () => {
        const text = yaml(serverlessFile(front, [{ method: 'ANY', path: '/files/{path+}', behind: 'posts', authorizer: true }]))
        const open = oslsPackage({ modules, functions: built.folder, file, text, parameters })
        open.remove()
        const routes = Object.values(open.template.Resources).flatMap(
          ({ Properties }) => Properties?.['RouteKey'] ?? Properties?.['HttpMethod'] ?? [],
        )
        expect(routes).toEqual([front === 'http-api' ? 'ANY /files/{path+}' : 'ANY'])
      })

      it('does not go on without the name of the secret', () => {
        expect(() => oslsPackage({ modules, functions: built.folder, file, parameters: {} })).toThrow(
          /SALLYPORT_PASSWORD_PEPPER": Value not found at "param"/,
        )
      })

      if (cfnLint.missing !== null) it(`cfn-lint: ${cfnLint.missing}`, ({ skip }) => skip(cfnLint.missing ?? ''))
      else it('has a template that cfn-lint finds nothing in', () => expect(cfnLint.check(made.templateFile)).toBe(''))
    })
}

describe.each(['template.yaml', 'template.rest-api.yaml'])('SAM: %s', (name) => {
  const file = fileURLToPath(new URL(`../templates/${name}`, import.meta.url))

  if (cfnLint.missing !== null) it(`cfn-lint: ${cfnLint.missing}`, ({ skip }) => skip(cfnLint.missing ?? ''))
  else it('is a template that cfn-lint finds nothing in', () => expect(cfnLint.check(file)).toBe(''))

  if (samTranslator.missing !== null) it(`SAM's expansion: ${samTranslator.missing}`, ({ skip }) => skip(samTranslator.missing ?? ''))
  else {
    it('expands to plain CloudFormation', () => expect(samTranslator.check(file)).toBe(''))
    if (name === 'template.rest-api.yaml')
      it('puts what a parameter says into force, though its text is the same', () => expect(samRedeployment.check(file)).toBe(''))
  }

  const noCli = missingAwsCli()
  if (noCli !== null) it(`the packaging of SAM: ${noCli}`, ({ skip }) => skip(noCli))
  else
    it('is packaged with one archive for each function, each a whole function', async () => {
      const { template, archives } = await samPackage(file, built.folder)
      const keys = [...template.matchAll(/CodeUri: s3:\/\/any\/(\w+)/g)].map(([, key = '']) => key)
      expect(keys).toHaveLength(3)
      expect([...archives.keys()].toSorted()).toEqual(keys.toSorted())
      for (const archive of archives.values()) expect(archive.toString('latin1')).toContain('index.mjs')
      const handlers = [...template.matchAll(/\$\{Strategy\}(-[\w-]+)\.handler/g)].flatMap(([, form = '']) => [
        `jwt${form}.mjs`,
        `session${form}.mjs`,
      ])
      expect(handlers).toHaveLength(2)
      for (const each of handlers) expect([...archives.values()].filter((archive) => archive.toString('latin1').includes(each))).toHaveLength(1)
    })
})
