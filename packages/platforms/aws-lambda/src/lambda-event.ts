/** Values by name as API Gateway and ALB give them: the last value of each. */
export type SingleValues = { readonly [name: string]: string | undefined } | null

/** Every value of each name, in order. */
export type MultiValues = { readonly [name: string]: readonly string[] | undefined } | null

/** A REST API's proxy event, and an HTTP API's with payload format 1.0, which says so in `version`. */
export interface RestEvent {
  readonly version?: string
  /** The template of the route, such as `/posts/{id}`. */
  readonly resource?: string
  readonly path: string
  readonly httpMethod: string
  readonly headers?: SingleValues
  readonly multiValueHeaders?: MultiValues
  readonly queryStringParameters?: SingleValues
  readonly multiValueQueryStringParameters?: MultiValues
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  readonly requestContext: {
    readonly stage?: string
    readonly domainName?: string
    readonly requestId?: string
    readonly identity: { readonly sourceIp?: string | null }
    /** What a Lambda authorizer in front has said. */
    readonly authorizer?: unknown
  }
}

/** Payload format 2.0: an HTTP API's event, and that of a function URL. */
export interface HttpApiEvent {
  readonly version: '2.0'
  /** Method and template of the route, such as `GET /posts/{id}`; `$default` for the route that takes all, and for function URLs. */
  readonly routeKey?: string
  readonly rawPath: string
  readonly rawQueryString: string
  readonly cookies?: readonly string[]
  readonly headers?: SingleValues
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  readonly requestContext: {
    readonly stage?: string
    readonly domainName?: string
    readonly requestId?: string
    readonly http: { readonly method: string; readonly sourceIp?: string }
    readonly authorizer?: { readonly lambda?: unknown }
  }
}

/** An Application Load Balancer's. Its target group decides which of the two kinds of headers and query parameters there are. */
export interface AlbEvent {
  readonly path: string
  readonly httpMethod: string
  readonly headers?: SingleValues
  readonly multiValueHeaders?: MultiValues
  readonly queryStringParameters?: SingleValues
  readonly multiValueQueryStringParameters?: MultiValues
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } }
}

/** What we need of the second argument of a Lambda function. */
export interface LambdaContext {
  readonly awsRequestId: string
  getRemainingTimeInMillis(): number
}

export interface RestResult {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] }
  readonly body: string
  readonly isBase64Encoded: false
}

export interface HttpApiResult {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded: false
}

export interface AlbResult {
  readonly statusCode: number
  readonly statusDescription: string
  readonly headers?: { readonly [name: string]: string }
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] }
  readonly body: string
  readonly isBase64Encoded: false
}

export type LambdaResult = RestResult | HttpApiResult | AlbResult
