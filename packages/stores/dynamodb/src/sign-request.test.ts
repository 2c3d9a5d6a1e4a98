import aws4 from 'aws4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestSigner, type SignableRequest } from './sign-request.ts'

const text = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/)
const day = fc.integer({ min: 1, max: 28 }).map((each) => `202711${String(each).padStart(2, '0')}T010203Z`)
/** As `URL` leaves it: no step up, nothing that is not encoded. */
const path = fc.oneof(
  fc.constant('/'),
  fc.webPath().map((each) => new URL(`https://example.com${each}`).pathname),
)
const headers = fc.dictionary(fc.stringMatching(/^x-amz-[a-z-]{1,12}$/), fc.stringMatching(/^[ -~\t]{1,20}$/), { maxKeys: 4 })

const request = (body: string, date: string, more: Readonly<Record<string, string>>): SignableRequest => ({
  headers: { ...more, 'x-amz-target': 'DynamoDB_20120810.GetItem', host: 'dynamodb.eu-central-1.amazonaws.com', 'x-amz-date': date },
  body,
})

test('the signature is that of aws4, whatever secret and day came before', () => {
  const steps = fc.array(
    fc.record({ body: fc.string(), date: day, headers, accessKeyId: text, secretAccessKey: fc.constantFrom('one', 'two', 'three') }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(path, steps, (to, all) => {
      const sign = requestSigner({ service: 'dynamodb', region: 'eu-central-1', path: to })
      for (const { body, date, headers: more, ...keys } of all) {
        const given = request(body, date, more)
        // What it would add by itself is not signed here.
        const extraHeadersToIgnore = { 'content-type': true, 'content-length': true }
        const whole = { ...given, method: 'POST', path: to, service: 'dynamodb', region: 'eu-central-1', extraHeadersToIgnore }
        expect(sign(given, keys)).toBe(aws4.sign(whole, keys).headers?.['Authorization'])
      }
    }),
  )
})
