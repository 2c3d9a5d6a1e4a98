import { InvariantError } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { connectStageArn, executeApiArn } from './execute-api-arn.ts'

describe('the ARN of a method', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'])('is read in the partition %s', (partition) => {
    const stageArn = `arn:${partition}:execute-api:cn-north-1:123456789012:abcdef1234/prod`
    expect(executeApiArn(`${stageArn}/GET/posts/1`)).toEqual({ stageArn, method: 'GET', path: '/posts/1' })
  })

  it.each([
    ['the root', '/GET/', 'GET', '/'],
    ['colons in the path (chalice#1775)', '/GET/hours/2021-08-01T00:00:00Z', 'GET', '/hours/2021-08-01T00:00:00Z'],
    ['wildcards and line breaks in the path', '/PUT/a*?\nb', 'PUT', '/a*?\nb'],
    ['slashes at odd places', '/GET//a//', 'GET', '//a//'],
  ])('is read with %s', (_what, rest, method, path) => {
    const stageArn = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/$default'
    expect(executeApiArn(`${stageArn}${rest}`)).toEqual({ stageArn, method, path })
  })

  it.each([
    undefined,
    null,
    7,
    {},
    '',
    '*',
    'arn:aws:execute-api:*:*:*',
    'arn:aws:execute-api:eu-central-1:123456789012:abc',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/prod',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/*/GET/posts',
    'arn:aws:execute-api:eu-central-1:123456789012:*/prod/GET/posts',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/pr?d/GET/posts',
    'arn:aws:execute-api:eu-central-1::abc/prod/GET/posts',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/prod/*/posts',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/prod/get/posts',
    'arn:aws:execute-api:eu-central-1:123456789012:abc/prod/$connect',
    'arn:aws:lambda:eu-central-1:123456789012:abc/prod/GET/posts',
    'arn:other:execute-api:eu-central-1:123456789012:abc/prod/GET/posts',
    ' arn:aws:execute-api:eu-central-1:123456789012:abc/prod/GET/posts',
  ])('is refused: %j', (text) => {
    expect(() => executeApiArn(text)).toThrow(InvariantError)
  })
})

describe('the ARN of $connect', () => {
  const stageArn = 'arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef1234/live'

  it('gives its stage', () => expect(connectStageArn(`${stageArn}/$connect`)).toBe(stageArn))

  it.each([`${stageArn}/$disconnect`, `${stageArn}/$connect/x`, `${stageArn}/GET/$connect`, `${stageArn}/GET/posts`, '$connect', null])(
    'is refused: %s',
    (text) => {
      expect(() => connectStageArn(text)).toThrow(InvariantError)
    },
  )
})
