import type { GenericSchema } from 'valibot'

/** A valibot schema whose output is T. Its input is whatever a client sends. */
export type Schema<T> = GenericSchema<unknown, T>
