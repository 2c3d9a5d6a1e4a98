import type { Kind } from '@sallyport/composition'

/** What only the API is given, each in Secret Manager by this name. */
export const SECRETS: readonly string[] = ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER']

/** Those that were replaced and are still accepted, each in a secret whose name has `_PREVIOUS` at its end. */
export const secretNames: Kind<readonly string[]> = {
  form: `some of ${SECRETS.join(', ')}, separated by commas`,
  read: (text) => {
    const names = text.split(',')
    return names.every((name) => SECRETS.includes(name)) ? { value: names } : null
  },
}
