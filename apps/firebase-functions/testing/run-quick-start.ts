import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface QuickStart {
  /** Every call of gcloud and of Firebase's tools, in order. */
  readonly calls: readonly string[]
  /** The versions of every secret that is there afterwards, the oldest first. */
  readonly secrets: { readonly [name: string]: readonly string[] }
  /** The environment that was written for Firebase; empty without one. */
  readonly environment: string
}

/** Keeps secrets, writes down what it is told, and refuses once what REFUSED names. Firebase's tools and gcloud find the same ones. */
const STUB = `#!/bin/sh
echo "$(basename "$0") $*" >>"$STUB/calls"
if [ -n "$REFUSED" ] && [ ! -e "$STUB/refused" ]; then case "$*" in *"$REFUSED"*) : >"$STUB/refused"; exit 1 ;; esac; fi
for argument; do case "$argument" in --secret=*) versions="$STUB/secrets/\${argument#--secret=}" ;; esac; done
case "$*" in
  *"value(projectNumber)"*) echo 123456789 ;;
  "functions:secrets:set "*) mkdir -p "$STUB/secrets/$2"; cat >"$STUB/secrets/$2/$(($(ls "$STUB/secrets/$2" | wc -l) + 1))" ;;
  "secrets list "*) ls "$STUB/secrets" ;;
  "secrets versions access latest "*) cat "$versions/$(ls "$versions" | wc -l)" ;;
esac
`

/** The lines under a mark in docs/quick-start-firebase.md. */
function lines(mark: string): string {
  const page = readFileSync(new URL('../../../docs/quick-start-firebase.md', import.meta.url), 'utf8')
  const [, text] = new RegExp(`<!-- run before stubs: ${mark} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(page) ?? []
  if (text === undefined) throw new Error(`The page has nothing marked ${mark}.`)
  return text.replaceAll('<your project>', 'a-project')
}

/** What is under these marks, as it is printed, one after the other in one shell and one project. REFUSED counts in the block `refusedIn` and later. `programs` are other stubs. */
export function runQuickStart(
  marks: readonly string[],
  {
    REFUSED = '',
    refusedIn = 0,
    programs = {},
  }: { readonly REFUSED?: string; readonly refusedIn?: number; readonly programs?: { readonly [name: string]: string } } = {},
): QuickStart {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-quick-start-'))
  try {
    const app = join(folder, 'apps/firebase-functions')
    for (const each of [app, join(folder, 'secrets')]) mkdirSync(each, { recursive: true })
    writeFileSync(join(app, 'env.example'), readFileSync(new URL('../env.example', import.meta.url)))
    for (const [name, text] of Object.entries({ gcloud: STUB, firebase: STUB, sleep: '#!/bin/sh\n', ...programs })) {
      writeFileSync(join(folder, name), text)
      chmodSync(join(folder, name), 0o755)
    }
    // Every block but the rotation begins at the root of the repository.
    const blocks = marks.map((mark) => (mark === 'rotation' ? lines(mark) : `cd "$STUB"\n${lines(mark)}`))
    const script = blocks.map((block, index) => (index === refusedIn ? `export REFUSED='${REFUSED}'\n${block}` : block)).join('\n')
    const { status, stderr } = spawnSync('sh', ['-c', script], {
      env: { PATH: `${folder}:${process.env['PATH']}`, STUB: folder, REFUSED: '' },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')
    const secrets = readdirSync(join(folder, 'secrets'))
    const environment = join(app, '.env.a-project')
    return {
      calls: read('calls').trimEnd().split('\n'),
      secrets: Object.fromEntries(
        secrets.map((name) => [name, readdirSync(join(folder, 'secrets', name)).map((version) => read('secrets', name, version))]),
      ),
      environment: existsSync(environment) ? readFileSync(environment, 'utf8') : '',
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
