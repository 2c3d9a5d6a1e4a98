import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface DeployRun {
  /** The arguments of every call of gcloud, in their order. */
  readonly calls: readonly (readonly string[])[]
  readonly output: string
  /** The versions of every secret that is there after the run, the oldest first. */
  readonly secrets: { readonly [name: string]: readonly string[] }
  /** The configuration of the gateway that was deployed; empty without one. */
  readonly gateway: string
  /** What deploy.sh wrote when it stopped; `null` when it did not. */
  readonly failure: string | null
}

export type Environment = { readonly [name: string]: string }

/**
 * A gcloud that writes down what it is told, and finds of what it is asked for what it has been told to make. What REFUSED names it refuses once, as Google does where two changes
 * meet.
 */
const GCLOUD = `#!/bin/sh
printf '%s\\037' "$@" >>"$STUB/calls"
printf '\\n' >>"$STUB/calls"
if [ -n "$REFUSED" ] && [ ! -e "$STUB/refused" ]; then
  case "$*" in "functions deploy "*"$REFUSED"*) : >"$STUB/functions/$3" ;; esac
  case "$*" in *"$REFUSED"*) : >"$STUB/refused"; echo 'Please retry, underlying data changed.' >&2; exit 1 ;; esac
fi
for argument; do case "$argument" in --openapi-spec=*) cat "\${argument#--openapi-spec=}" >"$STUB/gateway" ;; esac; done
add() { cat >"$1/$(($(ls "$1" | wc -l) + 1))"; }
for argument; do case "$argument" in --secret=*) secret="\${argument#--secret=}" ;; --collection-group=*) kind="\${argument#*=}" ;; --set-env-vars=*) variables="\${argument#*=}" ;; esac; done
of() { sed -n "s/^SALLYPORT_$1=//p" "$STUB/functions/$name"; }
case "$*" in
  *"value(projectNumber)"*) echo 123456789; exit ;;
  *"value(type)"*) echo "$DATABASE_TYPE"; exit ;;
  *"value(defaultHostname)"*) echo gateway.example; exit ;;
  "secrets list "*) ls "$STUB/secrets"; exit ;;
  "functions list "*) for name in $(ls "$STUB/functions"); do echo "$name|$(of PUBLIC_URL)|$(of DATASTORE_DATABASE)|$(of FRONT)"; done; exit ;;
  "functions deploy "*) printf %s "$variables" | tr '|' '\\n' >"$STUB/functions/$3"; exit ;;
  "secrets create "*) mkdir "$STUB/secrets/$3" && add "$STUB/secrets/$3" ;;
  "secrets versions add "*) add "$STUB/secrets/$4"; exit ;;
  "secrets versions describe latest "*) echo "projects/123456789/secrets/$secret/versions/$(ls "$STUB/secrets/$secret" | wc -l)"; exit ;;
  "secrets versions access latest "*) cat "$STUB/secrets/$secret/$(ls "$STUB/secrets/$secret" | wc -l)"; exit ;;
  "firestore fields ttls list "*) if [ -e "$STUB/there/$kind" ]; then echo expireAt; fi; exit ;;
  "firestore fields ttls update "*) : >"$STUB/there/$kind"; exit ;;
esac
group=''
while [ $# -gt 1 ] && [ "$1" != create ] && [ "$1" != describe ]; do group="$group$1-"; shift; done
case "$1" in
  create) : >"$STUB/there/$group\${2%%@*}" ;;
  describe) [ -e "$STUB/there/$group\${2%%@*}" ] ;;
esac
`

/**
 * Runs deploy.sh once for each environment, one after the other in one project that is empty at first, with the stub in the place of gcloud, nothing built and nothing waited for.
 * `programs` are other stubs.
 */
export function runDeploys(environments: readonly Environment[], programs: Environment = {}): readonly DeployRun[] {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-deploy-'))
  try {
    for (const [name, text] of Object.entries({ gcloud: GCLOUD, npm: '#!/bin/sh\n', sleep: '#!/bin/sh\n', ...programs })) {
      writeFileSync(join(folder, name), text)
      chmodSync(join(folder, name), 0o755)
    }
    for (const each of ['secrets', 'there', 'functions']) mkdirSync(join(folder, each))
    return environments.map((environment) => run(folder, environment))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Once, in an empty project. Throws with what it wrote when it stops. */
export function runDeploy(environment: Environment = {}, programs: Environment = {}): DeployRun {
  const [only] = runDeploys([environment], programs)
  if (only === undefined || only.failure !== null) throw new Error(only?.failure ?? 'nothing ran')
  return only
}

function run(folder: string, environment: Environment): DeployRun {
  for (const file of ['calls', 'gateway']) writeFileSync(join(folder, file), '')
  const { status, stdout, stderr } = spawnSync('sh', [new URL('../deploy.sh', import.meta.url).pathname], {
    env: {
      PATH: `${folder}:${process.env['PATH']}`,
      STUB: folder,
      PROJECT: 'a-project',
      REGION: 'europe-west1',
      DATABASE_TYPE: 'DATASTORE_MODE',
      REFUSED: '',
      ...environment,
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')
  const versionsOf = (name: string): readonly string[] => readdirSync(join(folder, 'secrets', name)).map((version) => read('secrets', name, version))
  return {
    calls: read('calls')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\x1f').slice(0, -1)),
    output: stdout + stderr,
    secrets: Object.fromEntries(readdirSync(join(folder, 'secrets')).map((name) => [name, versionsOf(name)])),
    gateway: read('gateway'),
    failure: status === 0 ? null : stderr,
  }
}
