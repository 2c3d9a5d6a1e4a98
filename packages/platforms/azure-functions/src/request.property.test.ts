import { MAX_BODY_BYTES } from '@sallyport/http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { azureRequest } from '../testing/azure-request.ts'
import { requestBody } from './request-body.ts'
import { requestTarget } from './request-target.ts'

test('path and query are those of the URL, whatever it is', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, authoritySettings: { withPort: true, withIPv6: true } }), (text) => {
      const { href, pathname, search } = new URL(text)
      expect(requestTarget(href)).toEqual({ path: pathname, query: search.slice(1) })
    }),
  )
})

test('a body is what was sent, however it is cut, or too large', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40_000, size: 'max' }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(pieces, async (cut) => {
      const whole = Buffer.concat(cut)
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const piece of cut) controller.enqueue(piece)
          controller.close()
        },
      })
      const { method, url, headers } = azureRequest({})
      const read = await requestBody({ method, url, headers, body })
      if (whole.length > MAX_BODY_BYTES) expect(read).toBe('too-large')
      else if (whole.length === 0) expect(read).toBeNull()
      else expect(whole.equals(read as Uint8Array)).toBe(true)
    }),
  )
})
