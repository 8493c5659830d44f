/** What Vite makes: declarations (`declarations.ts`), workers, texts. */
declare module 'virtual:declarations' {
  const files: Readonly<Record<string, string>>
  export default files
}
declare module '*?worker' {
  const Constructor: new () => Worker
  export default Constructor
}
interface ImportMeta {
  glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Readonly<Record<string, string>>
}
