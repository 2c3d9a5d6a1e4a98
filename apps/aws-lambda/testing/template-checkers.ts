import { spawnSync } from 'node:child_process'

export interface TemplateChecker {
  /** What is missing and how to get it; `null` when it is there. */
  readonly missing: string | null
  /** What it has to say of the file: nothing, when all is well. */
  check(file: string): string
}

function checker(program: string, probe: readonly string[], hint: string, argumentsFor: (file: string) => readonly string[]): TemplateChecker {
  const { status } = spawnSync(program, probe, { stdio: 'ignore' })
  return {
    missing: status === 0 ? null : `${hint} is not on this machine: pip install ${hint}`,
    check: (file) => {
      const run = spawnSync(program, argumentsFor(file), { encoding: 'utf8', env: { ...process.env, AWS_DEFAULT_REGION: 'eu-central-1' } })
      return run.status === 0 ? run.stdout.trim() : `${run.stdout}${run.stderr}`.trim() || 'It failed without a word.'
    },
  }
}

/** AWS's linter. W3005 is for dependencies that are written twice, which osls does. */
export const cfnLint: TemplateChecker = checker('cfn-lint', ['--version'], 'cfn-lint', (file) => ['--ignore-checks', 'W3005', '--', file])

/** Expands a template of SAM as CloudFormation does. The code of a function is somewhere in S3 by then. */
const EXPAND = `
import sys, time, yaml
from samtranslator.translator.transform import transform
class Policies:
    def load(self): return {}
def expanded(at):
    time.time = lambda: at
    template = yaml.safe_load(open(sys.argv[1]))
    for resource in template['Resources'].values():
        if resource['Type'] == 'AWS::Serverless::Function': resource['Properties']['CodeUri'] = {'Bucket': 'any', 'Key': 'any'}
    return transform(template, {}, Policies())['Resources'].items()
`

/** Prints nothing but the names of resources of SAM that are left. */
const LEFT = `${EXPAND}
print(*[name for name, resource in expanded(0) if 'Serverless' in resource['Type']], sep='\\n', end='')
`

/** Prints nothing when the stage of a REST API gets a new deployment a second later, with the same text. */
const KEPT = `${EXPAND}
deployments = lambda at: {name for name, resource in expanded(at) if resource['Type'] == 'AWS::ApiGateway::Deployment'}
print(*(deployments(0) & deployments(1) if deployments(0) else ['There is no deployment.']), sep='\\n', end='')
`

const sam = (program: string): TemplateChecker =>
  checker('python3', ['-c', 'import samtranslator, yaml'], 'aws-sam-translator', (file) => ['-c', program, file])

/** The expansion that CloudFormation itself runs for `Transform: AWS::Serverless-2016-10-31`. */
export const samTranslator: TemplateChecker = sam(LEFT)
/** That each deployment of the stack is one of the REST API, too, whatever has changed. */
export const samRedeployment: TemplateChecker = sam(KEPT)
