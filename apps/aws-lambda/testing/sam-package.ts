import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What is missing and how to get it; `null` when it is there. */
export function missingAwsCli(): string | null {
  const { status } = spawnSync('aws', ['--version'], { stdio: 'ignore' })
  return status === 0 ? null : 'the AWS CLI is not on this machine: pip install awscli'
}

export interface SamPackage {
  /** The template as it is deployed, with addresses in S3 in the place of folders. */
  readonly template: string
  /** Each archive by its key. */
  readonly archives: ReadonlyMap<string, Buffer>
}

/** What the AWS CLI makes of a template, and as `sam deploy` does: a bucket that takes everything stands in for S3. The functions lie where the template expects them. Rejects with what it said. */
export async function samPackage(templateFile: string, functions: string): Promise<SamPackage> {
  const archives = new Map<string, Buffer>()
  const bucket = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'PUT') return void response.writeHead(404).end()
      archives.set(new URL(request.url ?? '', 'http://bucket').pathname.split('/').at(-1) ?? '', Buffer.concat(chunks))
      response.writeHead(200, { etag: '"any"' }).end()
    })
  }).listen(0, '127.0.0.1')
  await once(bucket, 'listening')
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-sam-'))
  const output = join(folder, 'packaged.yaml')
  cpSync(functions, join(folder, 'dist/functions'), { recursive: true })
  cpSync(templateFile, join(folder, 'templates/template.yaml'))
  try {
    const argv = ['cloudformation', 'package', '--template-file', 'templates/template.yaml', '--s3-bucket', 'any', '--output-template-file', output]
    await promisify(execFile)('aws', argv, {
      cwd: folder,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'an example',
        HOME: folder,
      },
    })
    return { template: readFileSync(output, 'utf8'), archives }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    bucket.close()
    bucket.closeAllConnections()
  }
}
