// Its published types bring a @types/node of their own, against which our packages do not compile.
declare module 'jsonwebtoken' {
  const jsonwebtoken: {
    verify(
      token: string,
      key: import('node:crypto').KeyObject,
      options: { readonly algorithms: readonly string[]; readonly issuer: string; readonly audience: string },
    ): object
  }
  export default jsonwebtoken
}
