/** The page: settings to the worker, what the worker reports to numbers and drawings. Nothing here waits for the device. */
import { accuracyChart, aligned, type Chart, type Line, linesChart, planeChart, scoreChart } from './charts.js'
import { Compared, type Shown } from './compared.js'
import { chosen, droppedFiles } from './drop.js'
import { classLegend, download, drawSeen, runLegend, tableOf } from './elements.js'
import type { Dropped, FromWorker, Histograms, Settings, ToWorker } from './messages.js'
import workerUrl from './worker.ts?worker&url'

type State = 'idle' | 'preparing' | 'training' | 'pausing' | 'paused' | 'recovering' | 'done' | 'failed' | 'unsupported'
type Point = readonly [number, number]

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T
const form = element<HTMLFormElement>('settings')
const [go, stop, save] = [
  element<HTMLButtonElement>('go'),
  element<HTMLButtonElement>('stop'),
  element<HTMLButtonElement>('save'),
]
/** To go on with the run that is there: on the device that was chosen, or on the processor. */
const [again, onProcessor] = [element<HTMLButtonElement>('again'), element<HTMLButtonElement>('on-processor')]
// Where a page must say which scripts it trusts (`require-trusted-types-for 'script'`): this one.
const policy = globalThis.trustedTypes?.createPolicy('facet-page', { createScriptURL: url => url })
const worker = new Worker((policy?.createScriptURL(workerUrl) ?? workerUrl) as string, { type: 'module' })
const tell = (message: ToWorker): void => worker.postMessage(message)

let state: State = 'idle'
let settings = settingsOf(form)
/** Histograms that are drawn as one: one batch has few positive pairs. */
const MOST_HISTOGRAMS = 5
/** What is drawn: the run, and those that it is compared with. */
const compared = new Compared()
let shown: Shown | undefined
/** Of the last monitored steps. */
let histograms: Histograms[] = []
let plane: { readonly points: readonly Point[]; readonly labels: Uint8Array } | undefined
let classes: readonly string[] = []
/** Where the count of images per second begins. */
let since: { readonly step: number; readonly time: number } | undefined

// Settings

function settingsOf(form: HTMLFormElement): Settings {
  const data = new FormData(form)
  const number = (name: string) => Number(data.get(name))
  const [steps, batch, width, size] = [number('steps'), number('batch'), number('width'), number('size')]
  const [images, seed] = [number('images'), number('seed')]
  const method = data.get('method') as Settings['method']
  const adapter = data.get('adapter') as Settings['adapter']
  const augment = `${data.get('augment')}`.trim()
  const both = data.get('runs') === 'both' && augment !== 'none'
  return {
    ...{ method, steps, batch, width, size, images, seed, adapter },
    ...(both ? { augment: 'none', next: augment } : { augment }),
  }
}
/** Settings are part of the address: a reload or a link has them again. What cannot be is said, and left as it was. */
function readAddress(): string[] {
  const wrong: string[] = []
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name)
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue
    const before = field.value
    field.value = value
    if (field.value === value && field.checkValidity()) continue
    field.value = before
    const range = field instanceof HTMLSelectElement ? '' : `, from ${field.min} to ${field.max}`
    wrong.push(`The address asks for ${name} ${value.slice(0, 40)}, which there is not${range}: it is ${before} now.`)
  }
  showPreset()
  return wrong
}
const preset = element<HTMLSelectElement>('preset')
const augment = element<HTMLInputElement>('augment')
function showPreset(): void {
  const known = [...preset.options].some(({ value }) => value === augment.value)
  preset.value = known ? augment.value : ''
}
preset.addEventListener('change', () => {
  if (preset.value) augment.value = preset.value
  else augment.focus()
})
augment.addEventListener('input', showPreset)
const on = element<HTMLSelectElement>('on')
const look = (): void => tell({ kind: 'look', adapter: on.value as Settings['adapter'] })
on.addEventListener('change', look)

// Data

const area = element('data')
const give = (files: readonly Dropped[]): void => {
  if (files.length === 0) become(state, 'There is no file in it: the images stay as they are.')
  else {
    say(`Reading ${files.length} ${files.length === 1 ? 'file' : 'files'}`)
    compared.forget()
    tell({ kind: 'data', files })
  }
}
for (const id of ['files', 'folder']) {
  const input = element<HTMLInputElement>(id)
  input.addEventListener('change', () => give(chosen(input.files!)))
  element(`choose-${id}`).addEventListener('click', () => input.click())
}
element('embedded').addEventListener('click', () => {
  say('Ready.')
  compared.forget()
  tell({ kind: 'data', files: [] })
})
document.addEventListener('dragover', event => {
  event.preventDefault()
  area.classList.toggle('over', isIdle())
})
document.addEventListener('dragleave', () => area.classList.remove('over'))
document.addEventListener('drop', async event => {
  event.preventDefault()
  area.classList.remove('over')
  if (!isIdle() || !event.dataTransfer) return
  // Taken before anything else: a drop is empty after its event.
  const found = droppedFiles(event.dataTransfer)
  say('Looking through what was dropped')
  give(await found)
})

// Running

const isIdle = (): boolean => state === 'idle' || state === 'done' || state === 'failed'
form.addEventListener('submit', event => {
  event.preventDefault()
  if (go.ariaDisabled === 'true') return
  if (isIdle()) {
    history.replaceState(null, '', `?${new URLSearchParams(new FormData(form) as never)}`)
    return begin(settingsOf(form))
  }
  if (state === 'paused') return tell({ kind: 'resume' })
  tell({ kind: 'pause' })
  become('pausing', 'Pausing after this step')
})
again.addEventListener('click', () => goOn(on.value as Settings['adapter']))
onProcessor.addEventListener('click', () => {
  on.value = 'cpu'
  goOn('cpu')
})
function goOn(adapter: Settings['adapter']): void {
  tell({ kind: 'again', adapter })
  become(state === 'recovering' ? state : 'preparing', 'Preparing')
}
stop.addEventListener('click', () => {
  tell({ kind: 'stop' })
  become('preparing', 'Stopping')
})
save.addEventListener('click', () => tell({ kind: 'weights' }))

function begin(next: Settings): void {
  settings = next
  shown = compared.begin(settings)
  ;[histograms, plane] = [[], undefined]
  for (const id of ['step', 'loss', 'knn', 'rate']) element(id).textContent = '–'
  tell({ kind: 'start', settings })
  become('preparing', 'Preparing')
  draw('losses', 'accuracy', 'scores', 'plane')
}

function become(next: State, status: string, share?: number): void {
  state = next
  document.body.dataset.state = next
  const idle = isIdle()
  element<HTMLFieldSetElement>('choices').disabled = !idle
  go.textContent = idle ? 'Start' : state === 'paused' ? 'Go on' : 'Pause'
  // Not disabled: it would lose the focus, and with it whoever uses the keyboard.
  go.ariaDisabled = `${!idle && state !== 'training' && state !== 'paused'}`
  stop.disabled = idle || state === 'unsupported'
  again.hidden = onProcessor.hidden = true
  say(status)
  const progress = element<HTMLProgressElement>('progress')
  progress.hidden = idle || state === 'unsupported'
  if (share === undefined) progress.removeAttribute('value')
  else progress.value = share
}

/** Shows it, and lets screen readers announce it: the last of what was said, once in so many milliseconds. */
const ANNOUNCE_EVERY = 10_000
let announced = Number.NEGATIVE_INFINITY
let announcing = false
function say(text: string): void {
  element('status').textContent = text
  if (announcing) return
  announcing = true
  setTimeout(
    () => {
      announcing = false
      announced = performance.now()
      element('announced').textContent = element('status').textContent
    },
    Math.max(0, announced + ANNOUNCE_EVERY - performance.now()),
  )
}
/** Offers to go on, and where a GPU was asked for that may not come back, to go on without. */
function offer(words: string): void {
  again.textContent = words
  again.hidden = false
  onProcessor.hidden = on.value === 'cpu'
}

/** What a feature augmentation is called: as the choice has it, else as its text. */
const nameOf = (augment: string): string =>
  augment === 'none' ? 'without' : ([...preset.options].find(({ value }) => value === augment)?.text ?? augment)
const trainingStatus = (step: number): string => {
  const which = settings.augment === 'none' ? 'without feature augmentation' : `with ${nameOf(settings.augment)}`
  return `Training ${which}: step ${step} of ${settings.steps}`
}
worker.onmessage = ({ data: message }: MessageEvent<FromWorker>) => {
  switch (message.kind) {
    case 'adapter':
      element('adapter').textContent = message.name
      element('unsupported').hidden = true
      if (state === 'unsupported') become('idle', 'Ready.')
      return
    case 'unsupported':
      element('unsupported').hidden = false
      element('reason').textContent = message.message
      become('unsupported', 'Training needs WebGPU or WebAssembly.')
      // Another device can be chosen.
      element<HTMLFieldSetElement>('choices').disabled = false
      return
    case 'data':
      element('set').textContent = message.name
      element('counts').textContent = message.counts
      // Only what was read takes the place of what was there.
      element('embedded').hidden = message.name === 'textured shapes'
      classes = message.classes
      element('classes').replaceChildren(...classLegend(classes))
      if (isIdle()) become('idle', message.warning ?? 'Ready.')
      return
    case 'stage':
      if (isIdle())
        say(message.share === undefined ? message.text : `${message.text}: ${Math.floor(100 * message.share)} %`)
      else become(state === 'recovering' ? state : 'preparing', message.text, message.share)
      return
    case 'training':
      // What was trained beyond the last state was lost with the device.
      shown ??= compared.begin(settings)
      shown.losses.cut(message.step)
      shown.scores.cut(message.step)
      since = undefined
      save.disabled = false
      return become('training', trainingStatus(message.step), message.step / settings.steps)
    case 'step':
      return showStep(message)
    case 'warning':
      return say(`Look out: ${message.message}.`)
    case 'scores':
      if (message.knn === undefined) return
      shown?.scores.push(message.step, message.knn)
      element('knn').textContent = `${(100 * message.knn).toFixed(1)} %`
      return draw('accuracy')
    case 'plane':
      plane = { points: plane ? aligned(message.points, plane.points) : message.points, labels: message.labels }
      return draw('plane')
    case 'seen':
      drawSeen(element<HTMLTableElement>('seen'), message.images)
      element('seen-at').textContent = `after ${message.step} steps`
      element('seen').closest('figure')!.hidden = false
      return
    case 'paused':
      return become('paused', `Paused at step ${message.step} of ${settings.steps}.`, message.step / settings.steps)
    case 'lost':
      return become('recovering', `${message.message} Opening a new one and going on from the last state.`)
    case 'waiting': {
      const { seconds } = message
      const why = seconds > 10 ? ', as browsers hold it back for two minutes when it crashed several times' : ''
      become('recovering', `The GPU is not back yet${why}. It is asked for again in ${seconds} s.`)
      return offer('Ask now')
    }
    case 'done': {
      const { next, ...rest } = settings
      if (next !== undefined && message.step === settings.steps) return begin({ ...rest, augment: next })
      return become('done', `Done: ${message.step} steps.`)
    }
    case 'failed':
      become('failed', message.message)
      if (message.step !== undefined) offer(`Try again from step ${message.step}`)
      return
    case 'kept':
      if (!isIdle()) return
      settings = message.settings
      say(`A run stopped at step ${message.step} of ${settings.steps}. It learned from ${message.data}.`)
      return offer(`Go on from step ${message.step}`)
    case 'weights':
      return download(message.name, message.bytes)
  }
}

function showStep({ step, loss, histograms: found }: FromWorker & { kind: 'step' }): void {
  shown?.losses.push(step, loss)
  if (found) histograms = [...histograms, found].slice(-MOST_HISTOGRAMS)
  element('step').textContent = `${step}`
  element('loss').textContent = loss.toFixed(3)
  const now = performance.now()
  since ??= { step, time: now }
  if (now > since.time + 500)
    element('rate').textContent = Math.round(
      (1000 * settings.batch * (step - since.step)) / (now - since.time),
    ).toString()
  if (state === 'training') {
    element<HTMLProgressElement>('progress').value = step / settings.steps
    if (step % 10 === 0) say(trainingStatus(step))
  }
  draw('losses', ...(found ? ['scores' as const] : []))
}

// Drawing

const draws: Record<'losses' | 'accuracy' | 'scores' | 'plane', () => Chart | undefined> = {
  losses: () =>
    linesOf(
      'losses',
      lines => linesChart('loss', lines, settings.steps, widthOf('losses')),
      value => value.toFixed(3),
    ),
  accuracy: () =>
    linesOf(
      'scores',
      lines => accuracyChart(lines, settings.steps, Math.max(1, classes.length), widthOf('accuracy')),
      share => `${(100 * share).toFixed(1)} %`,
    ),
  scores: () => (histograms.length > 0 ? scoreChart(histograms, widthOf('scores')) : undefined),
  plane: () => plane && planeChart(plane.points, plane.labels, classes, widthOf('plane')),
}
/** A chart of all runs, under the names of which stands what they came to; none while there is nothing. */
function linesOf(
  kind: 'losses' | 'scores',
  draw: (lines: readonly Line[]) => Chart,
  text: (value: number) => string,
): Chart | undefined {
  const lines = compared.lines(kind, nameOf)
  if (lines.length === 0) return undefined
  element(`${kind}-runs`).replaceChildren(...runLegend(lines, text))
  return draw(lines)
}
/** Charts are as wide as their place, so that their text stays as large as it is. */
const widthOf = (id: string): number => Math.max(220, element(id).clientWidth)
const due = new Set<keyof typeof draws>()
/** Draws soon, each at most once a second, and one after the other, so that the page is never held up for long. */
function draw(...names: (keyof typeof draws)[]): void {
  const idle = due.size === 0
  for (const name of names) due.add(name)
  if (idle && due.size > 0) setTimeout(drawNext, 250)
}
function drawNext(): void {
  const [name] = due
  if (name === undefined) return
  due.delete(name)
  const figure = element(name).closest('figure')!
  // What is hidden has no width; nothing is shown in between.
  figure.hidden = false
  const chart = draws[name]()
  figure.hidden = !chart
  element(name).replaceChildren(...(chart ? [chart.drawing] : []))
  const table = document.querySelector<HTMLDetailsElement>(`#${name} + details`)!
  // Of what is closed nothing is made: most never look.
  if (chart && table.open) table.lastElementChild!.replaceWith(tableOf(chart))
  if (due.size > 0) setTimeout(drawNext, 250)
}

for (const name of Object.keys(draws) as (keyof typeof draws)[])
  document.querySelector(`#${name} + details`)!.addEventListener('toggle', () => draw(name))
addEventListener('resize', () => draw('losses', 'accuracy', 'scores', 'plane'))

const wrong = readAddress()
look()
if (wrong.length > 0) say(wrong.join(' '))
