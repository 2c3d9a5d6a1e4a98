import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface RuntimeTool {
  /** `node_modules` with the tool in it. */
  readonly modules: string
  /** What is missing and how to get it; `null` when everything is there. */
  readonly missing: string | null
}

/** osls and serverless-offline. */
export function serverlessOffline(): RuntimeTool {
  return installed('tools/runtimes/aws-offline', 'serverless-offline')
}

/** Lambda's runtime interface client, for Linux only. Its first installation compiles for about a minute. */
export function runtimeClient(): RuntimeTool {
  const folder = 'tools/runtimes/aws-ric'
  const client = 'aws-lambda-ric/rapid-client.node'
  const modules = join(root, folder, 'node_modules')
  const needed = existsSync(join(modules, client)) ? [] : ['cmake', 'g++', 'make', 'xz']
  const lacks = needed.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0)
  if (lacks.length === 0) return installed(folder, client)
  const how = 'apt-get install cmake g++ make xz-utils'
  return { modules, missing: `Lambda's runtime interface client is compiled when it is installed, and there is no ${lacks.join(', ')}: ${how}` }
}

function installed(folder: string, wanted: string): RuntimeTool {
  const { status } = spawnSync(process.execPath, ['tools/install-on-demand.mjs', folder], { cwd: root, stdio: 'inherit' })
  const modules = join(root, folder, 'node_modules')
  const there = status === 0 && existsSync(join(modules, wanted))
  return { modules, missing: there ? null : `${wanted} could not be installed: node tools/install-on-demand.mjs ${folder}` }
}
