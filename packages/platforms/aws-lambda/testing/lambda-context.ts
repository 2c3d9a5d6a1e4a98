import type { LambdaContext } from '../src/lambda-event.ts'

export function lambdaContext(remainingMs = 29_000): LambdaContext {
  return { awsRequestId: '8f5ce7f6-5a2c-4f0a-9d8d-1f0f3f3a0b1c', getRemainingTimeInMillis: () => remainingMs }
}
