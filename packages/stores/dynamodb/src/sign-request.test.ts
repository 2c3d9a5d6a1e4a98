import aws4 from 'aws4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestSigner, type SignableRequest } from './sign-request.ts'

const text = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/)
const day = fc.integer({ min: 1, max: 28 }).map((each) => `202711${String(each).padStart(2, '0')}T010203Z`)

const request = (body: string, date: string, sessionToken: string | undefined): SignableRequest => ({
  method: 'POST',
  path: '/',
  headers: {
    host: 'dynamodb.eu-central-1.amazonaws.com',
    'x-amz-date': date,
    'x-amz-target': 'DynamoDB_20120810.GetItem',
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
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
        const given = request(body, date, sessionToken)
        // What it would add by itself is not signed here; all else it finds on its own.
        const extraHeadersToIgnore = { 'content-type': true, 'content-length': true }
        const whole = { ...given, service: 'dynamodb', region: 'eu-central-1', extraHeadersToIgnore }
        expect(sign(given, credentials)).toBe(aws4.sign(whole, { ...credentials }).headers?.['Authorization'])
      }
    }),
  )
})
