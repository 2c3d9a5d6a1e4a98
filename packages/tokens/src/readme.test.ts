import { readFileSync } from 'node:fs'
import { systemClock, systemRandom } from '@sallyport/core'
import { expect, test } from 'vitest'
import { claims } from '../test/fixtures.ts'
import { aesKeyWrapper, publicKeySet, tokenSigner, tokenVerifier } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const seconds = Math.floor(Date.now() / 1000)
  const payload = claims({ iat: seconds, exp: seconds + 300, auth_time: seconds })
  const secret = systemRandom.bytes(32)
  // sample
  const signer = tokenSigner()
  const wrapper = aesKeyWrapper({ secret, random: systemRandom })
  const { publicJwk, privateJwk } = await signer.generate('RS256')
  const sealed = await wrapper.wrap(privateJwk, publicJwk.kid)

  const key = await signer.importPrivate(await wrapper.unwrap(sealed, publicJwk.kid), publicJwk)
  const token = await signer.sign(payload, key)

  const cache = { maxEntries: 1000, maxAgeSeconds: 60 }
  const verifier = tokenVerifier({ clock: systemClock, issuer: 'https://auth.example.com', audience: 'https://api.example.com', cache })
  verifier.trust(publicKeySet([publicJwk]).keys)
  const verification = verifier.verify(token)
  // end
  expect(verification).toEqual({ ok: true, payload })

  const source = readFileSync(import.meta.filename, 'utf8')
  const [, sample] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(source)!
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample!.replaceAll(/^ {2}/gm, ''))
})
