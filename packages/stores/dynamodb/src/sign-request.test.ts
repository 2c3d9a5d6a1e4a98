import aws4, { type Request } from 'aws4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestSigner } from './sign-request.ts'

const text = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/)
const day = fc.integer({ min: 1, max: 28 }).map((each) => `202711${String(each).padStart(2, '0')}T010203Z`)

const request = (body: string, date: string): Request => ({
  method: 'POST',
  path: '/',
  headers: {
    Host: 'dynamodb.eu-central-1.amazonaws.com',
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Date': date,
    'X-Amz-Target': 'DynamoDB_20120810.GetItem',
  },
  body,
})

test('the signature is that of aws4, whatever secret and day came before', () => {
  const sign = requestSigner({ service: 'dynamodb', region: 'eu-central-1' })
  const steps = fc.array(
    fc.record({
      body: fc.string(),
      date: day,
      accessKeyId: text,
      secretAccessKey: fc.constantFrom('one', 'two', 'three'),
      sessionToken: fc.option(text, { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      for (const { body, date, sessionToken, ...keys } of all) {
        const credentials = sessionToken === undefined ? keys : { ...keys, sessionToken }
        const expected = aws4.sign({ ...request(body, date), service: 'dynamodb', region: 'eu-central-1' }, { ...credentials })
        expect(sign(request(body, date), credentials).headers).toEqual(expected.headers)
      }
    }),
  )
})
