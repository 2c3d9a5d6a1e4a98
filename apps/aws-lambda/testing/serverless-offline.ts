import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Front } from '../templates/functions.ts'
import { serverlessFile } from '../templates/serverless-file.ts'
import type { Tree } from '../templates/yaml.ts'
import { freePorts, startChild } from './child-process.ts'

export interface OfflineOptions {
  /** `node_modules` with osls and serverless-offline. */
  readonly modules: string
  readonly front: Front
  /** Where the app was built. */
  readonly functions: string
  /** Any free one when left out. */
  readonly port?: number
  /** For every variable whose value the template leaves to the deployment, and whatever else is to be another. */
  readonly environment: (publicUrl: string) => Readonly<Record<string, string>>
}

export interface Offline {
  readonly url: string
  output(): string
  stop(): Promise<void>
}

const STAGE = 'dev'

/** The service of the template on this machine: its routes, its authorizer and its functions as built, each with the variables that the template gives it. */
export async function startOffline({ modules, front, functions, port, environment }: OfflineOptions): Promise<Offline> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-offline-'))
  const [free = 0, lambdaPort = 0] = await freePorts(2)
  const httpPort = port ?? free
  const url = `http://127.0.0.1:${httpPort}${front === 'http-api' ? '' : `/${STAGE}`}`
  cpSync(functions, join(folder, 'dist/functions'), { recursive: true })
  symlinkSync(modules, join(folder, 'node_modules'))
  writeFileSync(join(folder, 'serverless.json'), JSON.stringify(onThisMachine(front, environment(url), { host: '127.0.0.1', httpPort, lambdaPort })))
  const child = startChild(['node_modules/osls/bin/serverless.js', 'offline', '--stage', STAGE, '--param', 'secretName=none'], folder, {
    HOME: folder,
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'an example',
  })
  const stop = async (): Promise<void> => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await child.seen(/Server ready: http/)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, output: child.output, stop }
}

/** The file of the template with values in the place of what CloudFormation would fill in. */
function onThisMachine(front: Front, values: Readonly<Record<string, string>>, offline: { readonly [name: string]: Tree }): Tree {
  const file = serverlessFile(front)
  const functions = Object.entries(file['functions'] as { readonly [name: string]: { readonly [name: string]: Tree } })
  return {
    ...file,
    plugins: ['serverless-offline'],
    custom: { 'serverless-offline': { ...offline, disableCookieValidation: true } },
    functions: Object.fromEntries(
      functions.map(([name, { role: _role, environment, ...rest }]) => [
        name,
        { ...rest, environment: filled(environment as { readonly [name: string]: Tree }, values) },
      ]),
    ),
    resources: {},
  }
}

/** The variables of the template and no others, except those that begin with `SALLYPORT_DYNAMODB_`: only here there is an endpoint. */
function filled(environment: { readonly [name: string]: Tree }, values: Readonly<Record<string, string>>): Tree {
  const given = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const known = values[name] ?? value
      if (typeof known !== 'string' || /[{]/.test(known))
        throw new Error(`The template leaves ${name} to the deployment, and the test has no value for it.`)
      return [name, known]
    }),
  )
  return { ...Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith('SALLYPORT_DYNAMODB_'))), ...given }
}
