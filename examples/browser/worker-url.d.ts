/** Vite makes the worker a file of its own, and gives its address. */
declare module '*?worker&url' {
  const url: string
  export default url
}
interface TrustedTypePolicy {
  createScriptURL(url: string): unknown
}
declare var trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedTypePolicy }
  | undefined
