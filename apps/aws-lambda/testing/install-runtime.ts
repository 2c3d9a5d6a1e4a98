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

/** Lambda's runtime interface client. Its first installation compiles for about a minute. */
export function runtimeClient(): RuntimeTool {
  const folder = 'tools/runtimes/aws-ric'
  const lacks = ['cmake', 'g++', 'make', 'xz'].filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0)
  if (lacks.length > 0) {
    const missing = `Lambda's runtime interface client is compiled when it is installed, and there is no ${lacks.join(', ')}: apt-get install cmake g++ make xz-utils`
    return { modules: join(root, folder, 'node_modules'), missing }
  }
  return installed(folder, 'aws-lambda-ric/rapid-client.node')
}

function installed(folder: string, wanted: string): RuntimeTool {
  const { status } = spawnSync(process.execPath, ['tools/install-on-demand.mjs', folder], { cwd: root, stdio: 'inherit' })
  const modules = join(root, folder, 'node_modules')
  const there = status === 0 && existsSync(join(modules, wanted))
  return { modules, missing: there ? null : `${wanted} could not be installed: node tools/install-on-demand.mjs ${folder}` }
}
