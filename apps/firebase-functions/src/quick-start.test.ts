import { EXPIRING_KINDS } from '@sallyport/store-datastore'
import { expect, test } from 'vitest'
import { runQuickStart } from '../testing/run-quick-start.ts'
import { apiConfig, guardConfig } from './config.ts'
import { SECRETS } from './secret-names.ts'

const once = runQuickStart(['cloud'])
const valuesOf = (environment: string): Record<string, string> =>
  Object.fromEntries(
    environment
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
const environment = { GCLOUD_PROJECT: 'a-project', ...valuesOf(once.environment) }
const latest = ({ secrets }: typeof once): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).map(([name, versions]) => [name, versions.at(-1) ?? '']))

test('the lines for the cloud make three secrets and an environment, with which the functions start', () => {
  expect(Object.keys(once.secrets).toSorted()).toEqual(SECRETS.toSorted())
  const { settings, databaseId } = apiConfig({ ...environment, ...latest(once) })
  expect([settings.mode, settings.publicUrl, databaseId]).toEqual(['production', 'https://api-123456789.europe-west1.run.app', 'sallyport'])
  expect(guardConfig(environment).settings.publicUrl).toBe(settings.publicUrl)
  for (const secret of Object.values(latest(once))) expect(once.calls.join('\n')).not.toContain(secret)
})

test('they clean up every kind that expires, and enable what they use before they use it', () => {
  const kinds = once.calls.flatMap((call) => /ttls update .*--collection-group=(\w+)/.exec(call)?.[1] ?? [])
  expect(kinds.toSorted()).toEqual(EXPIRING_KINDS.toSorted())
  expect(once.calls[1]).toMatch(/^gcloud services enable .*firestore\.googleapis\.com/)
  const roles = once.calls.flatMap(
    (call) => /add-iam-policy-binding .*--role=(\S+) .*--member=serviceAccount:(\S+)@/.exec(call)?.slice(1).join(' ') ?? [],
  )
  expect(roles).toEqual([
    'roles/datastore.user sallyport-api',
    'roles/datastore.user sallyport-posts',
    'roles/cloudbuild.builds.builder 123456789-compute',
  ])
})

test('they try again what Google refuses while it is at another change', () => {
  const updates = ({ calls }: typeof once): number => calls.filter((call) => call.includes('ttls update')).length
  expect(updates(runQuickStart(['cloud'], { REFUSED: 'ttls update' }))).toBe(updates(once) + 1)
})

test('run again they keep every secret and the environment', () => {
  const twice = runQuickStart(['cloud', 'cloud'])
  expect(Object.values(twice.secrets).map((versions) => versions.length)).toEqual([1, 1, 1])
  expect(twice.environment).toBe(once.environment)
})

test('run again they make no second secret when Google does not answer', () => {
  const twice = runQuickStart(['cloud', 'cloud'], { REFUSED: 'secrets ', refusedIn: 1 })
  expect(Object.values(twice.secrets).map((versions) => versions.length)).toEqual([1, 1, 1])
  expect(Object.values(runQuickStart(['cloud', 'cloud'], { REFUSED: 'secrets ' }).secrets).map((versions) => versions.length)).toEqual([1, 1, 1])
})

test('without openssl they make no secret', () => {
  expect(runQuickStart(['cloud'], { programs: { openssl: '#!/bin/sh\nexit 127\n' } }).secrets).toEqual({})
})

test('a secret that is replaced goes in front of those of before, and the API starts with both', () => {
  const rotated = runQuickStart(['cloud', 'rotation', 'rotation'])
  const [first, second, third] = rotated.secrets['SALLYPORT_PASSWORD_PEPPER'] ?? []
  expect(rotated.secrets['SALLYPORT_PASSWORD_PEPPER_PREVIOUS']).toEqual([first, `${second},${first}`])
  expect(new Set([first, second, third]).size).toBe(3)
  const named = { ...environment, SALLYPORT_PREVIOUS_SECRETS: 'SALLYPORT_PASSWORD_PEPPER' }
  expect(apiConfig({ ...named, ...latest(rotated) }).settings.passwordPeppersPrevious).toEqual([second, first])
  for (const secret of Object.values(rotated.secrets).flat()) expect(rotated.calls.join('\n')).not.toContain(secret)
})

test.each([
  ['the new one is refused', 'functions:secrets:set SALLYPORT_PASSWORD_PEPPER '],
  ['those of before are refused', 'functions:secrets:set SALLYPORT_PASSWORD_PEPPER_PREVIOUS '],
  ['the one of now cannot be read', 'access latest --secret=SALLYPORT_PASSWORD_PEPPER '],
  ['those of before cannot be read', 'access latest --secret=SALLYPORT_PASSWORD_PEPPER_PREVIOUS '],
  ['Google does not say which there are', 'secrets list '],
])('a replacement that stops half way is finished when it is run again, and nothing of before is lost: %s', (_, REFUSED) => {
  const { secrets } = runQuickStart(['cloud', 'rotation', 'rotation', 'rotation'], { REFUSED, refusedIn: 2 })
  const [first, second, third, fourth] = secrets['SALLYPORT_PASSWORD_PEPPER'] ?? []
  expect([new Set([first, second, third]).size, fourth]).toEqual([3, undefined])
  expect(secrets['SALLYPORT_PASSWORD_PEPPER_PREVIOUS']).toEqual([first, `${second},${first}`])
})
