export { MAX_BODY_BYTES, type HttpHandler, type HttpHeaders, type HttpRequest, type HttpResponse } from './http-message.ts'
