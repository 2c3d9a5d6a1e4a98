import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface DeployRun {
  /** The arguments of every call of gcloud, in their order. */
  readonly calls: readonly (readonly string[])[]
  readonly output: string
  /** What gcloud was given on standard input, for each secret that was made. */
  readonly secrets: readonly string[]
  /** The configuration of the gateway that was deployed; empty without one. */
  readonly gateway: string
}

/** A gcloud that writes down what it is told, and finds nothing of what it is asked for, in an empty project. */
const STUB = `#!/bin/sh
printf '%s\\037' "$@" >>"$STUB/calls"
printf '\\n' >>"$STUB/calls"
for argument; do case "$argument" in --openapi-spec=*) cat "\${argument#--openapi-spec=}" >"$STUB/gateway" ;; esac; done
case "$*" in
  *--data-file=-*) { cat; echo; } >>"$STUB/secrets" ;;
  *"value(projectNumber)"*) echo 123456789 ;;
  *"value(type)"*) echo "$DATABASE_TYPE" ;;
  *"value(defaultHostname)"*) echo gateway.example ;;
  *describe*) exit 1 ;;
esac
`

/** Runs deploy.sh with the stub in the place of gcloud, and nothing built. Throws with what it wrote when it fails. */
export function runDeploy(environment: { readonly [name: string]: string } = {}): DeployRun {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-deploy-'))
  try {
    for (const [name, text] of [
      ['gcloud', STUB],
      ['npm', '#!/bin/sh\n'],
    ] as const) {
      writeFileSync(join(folder, name), text)
      chmodSync(join(folder, name), 0o755)
    }
    for (const file of ['calls', 'secrets', 'gateway']) writeFileSync(join(folder, file), '')
    const output = execFileSync('sh', [new URL('../deploy.sh', import.meta.url).pathname], {
      env: {
        PATH: `${folder}:${process.env['PATH']}`,
        STUB: folder,
        PROJECT: 'a-project',
        REGION: 'europe-west1',
        DATABASE_TYPE: 'DATASTORE_MODE',
        ...environment,
      },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
    const lines = (file: string): string[] =>
      read(file)
        .split('\n')
        .filter((line) => line !== '')
    return {
      calls: lines('calls').map((line) => line.split('\x1f').slice(0, -1)),
      output,
      secrets: lines('secrets'),
      gateway: read('gateway'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
