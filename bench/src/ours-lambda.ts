// What runs on AWS Lambda, bundled like an app before it runs.
export { systemClock } from '@sallyport/core'
export { lambdaHandler } from '@sallyport/platform-aws-lambda'
export { restTokenAuthorizer } from '../../packages/platforms/aws-lambda/src/authorizers/rest-authorizers.ts'
export { jwtAuthorize } from './starts/jwt-authorize.ts'
