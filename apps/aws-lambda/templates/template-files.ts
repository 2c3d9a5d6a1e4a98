import { samFile } from './sam-file.ts'
import { serverlessFile } from './serverless-file.ts'
import { yaml } from './yaml.ts'

export interface TemplateFile {
  /** From the folder of the app. */
  readonly path: string
  readonly text: string
}

const HEAD = '# Generated from the route tables by `npm run generate -w apps/aws-lambda`; templates/README.md says what is in it.\n'

/** Every template, with the text that its file has to have. */
export function templateFiles(): readonly TemplateFile[] {
  return [
    { path: 'serverless.yml', text: HEAD + yaml(serverlessFile('http-api')) },
    { path: 'serverless.rest-api.yml', text: HEAD + yaml(serverlessFile('rest-api')) },
    { path: 'templates/template.yaml', text: HEAD + yaml(samFile('http-api')) },
    { path: 'templates/template.rest-api.yaml', text: HEAD + yaml(samFile('rest-api')) },
  ]
}
