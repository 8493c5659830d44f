/** The page: what is written is checked and compiled as it is written, and run when that is asked for. */
import { drawingStyle } from '../../cli/drawing.js'
import { packed, unpacked } from './address.js'
import { Curves } from './curves.js'
import * as editor from './editor.js'
import type { FromWorker, ToWorker } from './messages.js'
import * as panels from './panels.js'
import { Sandbox } from './sandbox.js'
import { followScheme } from './scheme.js'
import { Tabs } from './tabs.js'

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T
document.head.append(Object.assign(document.createElement('style'), { textContent: drawingStyle }))

/** What a page of programs begins with, by name; the first is shown where the address asks for none. */
const programs = Object.fromEntries(
  Object.entries(import.meta.glob('./programs/*.ts', { query: '?raw', import: 'default', eager: true })).map(
    ([path, text]) => [/(\w+)\.ts$/.exec(path)![1]!, text],
  ),
)
const TITLES: Record<string, string> = {
  simsiam: 'SimSiam with feature augmentation',
  attention: 'Attention that looks things up',
  spirals: 'Two spirals, an optimizer of your own',
  kernel: 'One kernel, from formula to WGSL',
}
const CHECK_AFTER_MS = 300

const tabs = new Tabs(element('tabs'))
const curves = new Curves(element('curves'))
const [go, example] = [element<HTMLButtonElement>('go'), element<HTMLSelectElement>('example')]

/** What the page is doing, for style and tests. */
const become = (state: 'checking' | 'wrong' | 'compiled' | 'failed'): void => void (document.body.dataset.state = state)
const summarize = (text: string): void => void (element('summary').textContent = text)

// Checking and compiling

let checked: editor.Checked | undefined
let waiting: ReturnType<typeof setTimeout> | undefined

const inspector = new Sandbox(message => {
  if (message.kind === 'compiled') {
    become('compiled')
    summarize(panels.summaryOf(message.compilation))
    panels.show(message.compilation)
  } else if (message.kind === 'failed') {
    become('failed')
    complain([problemOf(message)])
  }
})
const problemOf = ({
  message,
  line,
  column,
}: FromWorker & { kind: 'failed' }): Partial<editor.Problem> & { message: string } => ({
  message,
  ...(line !== undefined && column !== undefined && { line, column }),
})

async function check(): Promise<void> {
  become('checking')
  const found = await editor.check()
  if (!found) return
  checked = found
  complain(found.problems)
  if (found.problems.length === 0) {
    summarize('Compiling')
    inspector.start({ kind: 'inspect', ...found.emitted })
  } else become('wrong')
}

/** Lists what is wrong, with red lines where it is known. */
function complain(problems: readonly (Partial<editor.Problem> & { readonly message: string })[]): void {
  const placed = problems.filter((problem): problem is editor.Problem => problem.line !== undefined)
  editor.mark(placed)
  element('problems').replaceChildren(
    ...problems.map(problem => {
      const item = document.createElement('li')
      if (problem.line === undefined) item.textContent = problem.message
      else {
        const button = Object.assign(document.createElement('button'), { type: 'button' })
        const place = Object.assign(document.createElement('span'), { textContent: `line ${problem.line}` })
        button.append(place, ` ${problem.message}`)
        button.addEventListener('click', () => editor.goTo(problem as editor.Problem))
        item.append(button)
      }
      return item
    }),
  )
  const count = problems.length === 1 ? 'One mistake' : `${problems.length} mistakes`
  if (problems.length > 0)
    summarize(panels.isEmpty() ? `${count} on the left` : `${count}: what is shown was made before it`)
}

function edited(): void {
  checked = undefined
  clearTimeout(waiting)
  inspector.stop()
  become('checking')
  waiting = setTimeout(() => {
    void check()
    void keep()
  }, CHECK_AFTER_MS)
}

// Running

const runner = new Sandbox(message => {
  switch (message.kind) {
    case 'adapter':
      element('device').textContent = `on ${message.name}`
      return
    case 'stage':
      return status(message.text, 'running')
    case 'point':
      return curves.add(message.values)
    case 'log':
      return log(message.text)
    case 'done':
      return status(`Done in ${message.seconds.toFixed(1)} s`, 'done')
    case 'failed':
      status(message.line === undefined ? message.message : `line ${message.line}: ${message.message}`, 'failed')
      if (message.line !== undefined) complain([problemOf(message)])
  }
})
function status(text: string, run: 'running' | 'done' | 'stopped' | 'failed'): void {
  element('status').textContent = text
  document.body.dataset.run = run
  go.textContent = run === 'running' ? 'Stop' : 'Run'
}
function log(text: string): void {
  const lines = element('log')
  lines.hidden = false
  lines.append(`${text}\n`)
  lines.scrollTop = lines.scrollHeight
}

async function run(): Promise<void> {
  if (runner.isRunning) {
    runner.stop()
    return status('Stopped', 'stopped')
  }
  tabs.choose('run')
  clearTimeout(waiting)
  if (!checked) await check()
  if (!checked) return
  const [first] = checked.problems
  if (first) return status(`line ${first.line}: ${first.message}`, 'failed')
  curves.clear()
  element('log').replaceChildren()
  element('log').hidden = true
  element('device').textContent = ''
  const adapter = element<HTMLSelectElement>('adapter').value as (ToWorker & { kind: 'run' })['adapter']
  runner.start({ kind: 'run', adapter, ...checked.emitted })
  status('Starting', 'running')
}
go.addEventListener('click', () => void run())
editor.onRun(() => void run())

// The address

/** The program is part of the address, so that a reload has it, and a link. */
async function keep(): Promise<void> {
  const text = editor.text()
  const known = Object.keys(programs).find(name => programs[name] === text)
  example.value = known ?? ''
  history.replaceState(null, '', known ? `#example=${known}` : `#code=${await packed(text)}`)
}
async function read(): Promise<void> {
  const parameters = new URLSearchParams(location.hash.slice(1))
  const [code, name] = [parameters.get('code'), parameters.get('example') ?? Object.keys(TITLES)[0]!]
  try {
    if (code !== null) return editor.replace(await unpacked(code))
    if (Object.hasOwn(programs, name)) return editor.replace(programs[name]!)
    throw new Error(`there is no example ${name}`)
  } catch {
    editor.replace(programs[Object.keys(TITLES)[0]!]!)
    element('notice').textContent =
      'The address holds no program that can be read: it may have been cut off. Here is an example.'
  }
}
example.append(...Object.entries(TITLES).map(([name, title]) => new Option(title, name)))
example.addEventListener('change', () => {
  if (example.value) editor.replace(programs[example.value]!)
})
element('share').addEventListener('click', async () => {
  await keep()
  const copied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  )
  element('notice').textContent = copied ? 'The link is copied.' : 'The link is in the address of this page.'
})
addEventListener('hashchange', () => void read())

followScheme(element<HTMLSelectElement>('scheme'), scheme => {
  editor.paint(scheme)
  void panels.showKernel()
})
panels.listen(() => tabs.choose('kernels-panel'))
await read()
await keep()
await editor.declare()
// Before, nothing was known of Facet, and all of it would have been wrong.
editor.onEdit(edited)
await check()
