// What runs on AWS Lambda, bundled like an app before it runs.
export { systemClock } from '@sallyport/core'
export { lambdaHandler, restTokenAuthorizer } from '@sallyport/platform-aws-lambda'
export { jwtAuthorize } from './starts/jwt-authorize.ts'
