/**
 * The editor: Monaco with its TypeScript (5.9) and the declarations of Facet. Monaco shows what it is told; what is wrong is found here,
 * so that a mistake of shape is said in Facet's sentence, and it is known which text was checked.
 */
import 'monaco-editor/features/register.all.js'
import 'monaco-editor/languages/definitions/typescript/register.js'
import 'monaco-editor/languages/definitions/wgsl/register.js'
import * as monaco from 'monaco-editor/editor/editor.api.js'
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker'
import {
  type CompilerOptions,
  type Diagnostic,
  getTypeScriptWorker,
  ModuleKind,
  ScriptTarget,
  typescriptDefaults,
} from 'monaco-editor/languages/features/typescript/register.js'
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker.js?worker'
import type { Emitted } from './messages.js'

/** Something wrong in the program. Lines and columns count from 1. */
export interface Problem {
  readonly message: string
  readonly line: number
  readonly column: number
  /** Where it ends. Default: with the line. */
  readonly end?: { readonly line: number; readonly column: number }
  /** What TypeScript says at length, where the message is Facet's. */
  readonly detail?: string
}
export interface Checked {
  readonly problems: readonly Problem[]
  readonly emitted: Emitted
}

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_: string, label: string) => (label === 'typescript' ? new TypeScriptWorker() : new EditorWorker()),
  },
})
/** Monaco's declarations do not list it. */
const BUNDLER = 100 as NonNullable<CompilerOptions['moduleResolution']>
typescriptDefaults.setCompilerOptions({
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, sourceMap: true },
  ...{ target: ScriptTarget.ESNext, module: ModuleKind.ESNext, moduleResolution: BUNDLER },
  ...{ customConditions: ['browser'], types: ['@webgpu/types'], allowNonTsExtensions: true },
})
typescriptDefaults.setDiagnosticsOptions({
  noSemanticValidation: true,
  noSyntaxValidation: true,
  noSuggestionDiagnostics: true,
})
typescriptDefaults.setEagerModelSync(true)

const model = monaco.editor.createModel('', 'typescript', monaco.Uri.parse('file:///program.ts'))
const PANEL = { light: '#ffffff', dark: '#1d2024' }
/** Monaco's own have too little contrast on these grounds. */
const INK = {
  light: { annotation: '5f6368', 'variable.predefined': '2f55a8' },
  dark: { annotation: 'e09a9a', 'variable.predefined': '8fb0f5' },
}
for (const [name, base] of [
  ['light', 'vs'],
  ['dark', 'vs-dark'],
] as const)
  monaco.editor.defineTheme(name, {
    base,
    inherit: true,
    rules: Object.entries(INK[name]).map(([token, foreground]) => ({ token, foreground })),
    colors: { 'editor.background': PANEL[name], 'editorGutter.background': PANEL[name] },
  })

const editor = monaco.editor.create(document.getElementById('editor')!, {
  model,
  automaticLayout: true,
  fontSize: 12.5,
  tabSize: 2,
  minimap: { enabled: false },
  wordWrap: 'on',
  wrappingIndent: 'indent',
  scrollBeyondLastLine: false,
  padding: { top: 12, bottom: 12 },
  renderLineHighlight: 'none',
  overviewRulerBorder: false,
  fixedOverflowWidgets: true,
  ariaLabel: 'Program',
})

/** Gives it the declarations; until then nothing is known of Facet. */
export async function declare(): Promise<void> {
  const { default: files } = await import('virtual:declarations')
  typescriptDefaults.setExtraLibs(
    Object.entries(files).map(([path, content]) => ({ content, filePath: `file:///node_modules/${path}` })),
  )
}

export const text = (): string => model.getValue()
/** Puts another program in its place, which can be undone. */
export const replace = (program: string): void => {
  model.pushEditOperations([], [{ range: model.getFullModelRange(), text: program }], () => null)
  editor.setScrollTop(0)
  editor.setPosition({ lineNumber: 1, column: 1 })
}
export const onEdit = (listen: () => void): void => void model.onDidChangeContent(listen)
export const onRun = (listen: () => void): void =>
  void editor.addAction({
    id: 'facet.run',
    label: 'Run the program',
    keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
    run: listen,
  })
export const paint = (scheme: 'light' | 'dark'): void => monaco.editor.setTheme(scheme)
export function goTo({ line, column }: Problem): void {
  editor.setPosition({ lineNumber: line, column })
  editor.revealLineInCenterIfOutsideViewport(line)
  editor.focus()
}
/** WGSL as HTML in the colours of the editor, for a `pre`: what is copied from it is the text. */
export const coloured = async (wgsl: string): Promise<string> =>
  (await monaco.editor.colorize(wgsl, 'wgsl', { tabSize: 2 }))
    .replaceAll('<br/>', '\n')
    .replaceAll(/&#160;|&nbsp;|\u00a0/g, ' ')

/** What is wrong with the program, and the JavaScript that it is; nothing if it was edited meanwhile. */
export async function check(): Promise<Checked | undefined> {
  const version = model.getVersionId()
  const name = model.uri.toString()
  const service = await (await getTypeScriptWorker())(model.uri)
  const diagnostics = [await service.getSyntacticDiagnostics(name), await service.getSemanticDiagnostics(name)].flat()
  const { outputFiles } = await service.getEmitOutput(name)
  if (model.isDisposed() || model.getVersionId() !== version) return undefined
  const output = (end: string): string => outputFiles.find(file => file.name.endsWith(end))?.text ?? ''
  const problems = diagnostics.filter(({ category }) => category === 1).map(problemOf)
  mark(problems)
  return { problems, emitted: { code: output('.js'), map: output('.map') } }
}

/** Red lines for them, in place of those that were there. */
export function mark(problems: readonly Problem[]): void {
  monaco.editor.setModelMarkers(
    model,
    'facet',
    problems.map(({ message, detail, line, column, end }) => ({
      severity: monaco.MarkerSeverity.Error,
      message: detail ? `${message}\n\n${detail}` : message,
      startLineNumber: line,
      startColumn: column,
      endLineNumber: end?.line ?? line,
      endColumn: end?.column ?? model.getLineMaxColumn(Math.min(line, model.getLineCount())),
    })),
  )
}

function problemOf({ messageText, start = 0, length = 1 }: Diagnostic): Problem {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(start + length)]
  const said = textOf(messageText)
  const sentence = sentenceIn(said) ?? shapesIn(said)
  return {
    message: sentence ?? said.split('\n')[0]!,
    ...((sentence !== undefined || said.includes('\n')) && { detail: said }),
    line: from.lineNumber,
    column: from.column,
    end: { line: to.lineNumber, column: to.column },
  }
}
const textOf = (message: Diagnostic['messageText'], indent = ''): string =>
  typeof message === 'string'
    ? message
    : [indent + message.messageText, ...(message.next ?? []).map(next => textOf(next, `${indent}  `))].join('\n')

/** Facet's types say what is wrong in a type that is a sentence: `parameter of type 'number | "cannot broadcast [4, 3] with [4]"'`. */
const sentenceIn = (said: string): string | undefined => /(?:'|\| )"([^"]*\s[^"]*)"(?:'| \|)/.exec(said)?.[1]

/** Two tensors of which one does not fit into the other's place: most often their shapes say why. */
function shapesIn(said: string): string | undefined {
  const tensor = "'(?:Tensor|Stopped)<(\\[[^\\]]*\\])[^']*'"
  const [, given, wanted] =
    new RegExp(`^Argument of type ${tensor} is not assignable to parameter of type ${tensor}`).exec(said) ?? []
  const shape = (text: string): string => text.replaceAll('"', '')
  return given && wanted && given !== wanted
    ? `the shape is ${shape(given)}, and ${shape(wanted)} is needed`
    : undefined
}
