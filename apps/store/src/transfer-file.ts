import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { TextDecoder } from 'node:util'
import { ConfigurationError } from '@sallyport/core'
import { damaged, parseLine, type Content, type Header, type Line, type Trailer } from './transfer-format.ts'

/** No user, session or key comes near it. */
const LINE_MAX_BYTES = 1024 * 1024

/** A user with its sessions, or a key. */
export interface Group {
  readonly content: readonly Content[]
  /** Where the next one begins, in bytes. */
  readonly end: number
}

export interface CheckedFile {
  readonly header: Header
  readonly trailer: Trailer
  readonly bytes: number
  /** Where the content begins, in bytes. */
  readonly start: number
}

/** Reads all of the file and answers what frames it. Throws `ConfigurationError` (`configuration`) unless it is whole and as it was written: to be asked before anything is imported. */
export async function checkFile(path: string, onProgress: (bytes: number) => void): Promise<CheckedFile> {
  const bytes = sizeOf(path)
  const digest = createHash('sha256')
  const counted = { keys: 0, users: 0, sessions: 0 }
  let header: Header | null = null
  let trailer: Trailer | null = null
  let start = 0
  let user: string | null = null
  let number = 0
  for await (const { text, end } of linesFrom(path, 0)) {
    number += 1
    const line = parseLine(text, number)
    if (trailer !== null) throw damaged(number, 'something follows the last line')
    if (header === null && line.type !== 'header') throw damaged(number, 'it does not begin with a header')
    if (line.type === 'header') {
      if (header !== null) throw damaged(number, 'there is a second header')
      header = line
      start = end
    } else if (line.type === 'trailer') trailer = line
    else {
      user = ownerOf(line, user, number)
      counted[`${line.type}s`] += 1
    }
    if (trailer === null) digest.update(`${text}\n`)
    onProgress(end)
  }
  if (header === null || trailer === null) throw damaged(number, 'it ends there, without the last line: it was cut short')
  const { keys, users, sessions } = trailer
  if (keys !== counted.keys || users !== counted.users || sessions !== counted.sessions || trailer.digest !== digest.digest('base64url')) {
    throw damaged(number, 'the counts or the digest there do not fit what comes before')
  }
  return { header, trailer, bytes, start }
}

/** Whose sessions may follow. */
function ownerOf(line: Content, user: string | null, number: number): string | null {
  if (line.type === 'key') return null
  if (line.type === 'session') {
    if (line.session.userId !== user) throw damaged(number, 'its session does not follow its user')
    return user
  }
  if (line.identity.userId !== line.user.id) throw damaged(number, 'its identity is of another user')
  return line.user.id
}

/** The groups of a checked file from a byte on, which is `start` or the `end` of a group. One group is in memory at a time. */
export async function* groupsFrom(path: string, start: number): AsyncGenerator<Group> {
  let content: Content[] = []
  let end = start
  for await (const found of linesFrom(path, start)) {
    const line: Line = parseLine(found.text, 0)
    if (line.type !== 'session' && content.length > 0) {
      yield { content, end }
      content = []
    }
    if (line.type === 'trailer' || line.type === 'header') return
    content.push(line)
    end = found.end
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    throw new ConfigurationError('The file to import cannot be read.', { cause: error })
  }
}

async function* linesFrom(path: string, start: number): AsyncGenerator<{ readonly text: string; readonly end: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest: Buffer = Buffer.alloc(0)
  let end = start
  let number = 0
  for await (const chunk of createReadStream(path, { start, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let at = rest.indexOf(0x0a); at !== -1; at = rest.indexOf(0x0a, from)) {
      number += 1
      end += at + 1 - from
      yield { text: decoded(decoder, rest.subarray(from, at), number), end }
      from = at + 1
    }
    rest = rest.subarray(from)
    if (rest.length > LINE_MAX_BYTES) throw damaged(number + 1, 'it is longer than any line can be')
  }
  if (rest.length > 0) throw damaged(number + 1, 'it is cut short')
}

function decoded(decoder: TextDecoder, bytes: Buffer, line: number): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw damaged(line, 'it is no UTF-8')
  }
}
