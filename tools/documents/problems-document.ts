import { problems, problemType, type ProblemCode } from '@sallyport/http'

/** docs/problems.md */
export function problemsDocument(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title, meaning }]) => `| \`${problemType(code as ProblemCode)}\` | ${status} | ${title} | ${meaning} |`,
  )
  return `# Problems

Made from \`packages/http/src/problems.ts\` by \`npm run docs\`. Every error answer is a problem document (RFC 9457) of one of these types:

\`\`\`json
{
  "type": "urn:sallyport:problem:invalid-input",
  "title": "The input is not valid",
  "status": 422,
  "errors": [{ "pointer": "#/email", "detail": "Is missing." }],
  "requestId": "0197a3c2-5d0e-7c6b-9f3a-2f1d0c9b8a76"
}
\`\`\`

Switch on \`type\`: it is never given another meaning, nor another status. \`title\` and \`detail\` are for people and may be worded better at any time; neither, nor anything else
in the document, repeats what was sent, but for the names of members and parameters. \`requestId\` finds the request in the server's log.

| type | status | title | when |
|---|---|---|---|
${rows.join('\n')}

401 carries \`WWW-Authenticate\` (RFC 6750; \`error="invalid_token"\` only when a token was sent, whatever is wrong with it), 405 \`Allow\`, 429 and 503 \`Retry-After\` in seconds.
A 503 is never a verdict: whoever gets one is neither signed in nor signed out.
`
}
