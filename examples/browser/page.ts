/** The page: settings to the worker, what the worker reports to numbers and drawings. Nothing here waits for the device. */
import { accuracyChart, aligned, lossChart, planeChart, scoreChart } from './charts.js'
import { chosen, droppedFiles } from './drop.js'
import type { Dropped, FromWorker, Histograms, Settings, ToWorker } from './messages.js'

type State = 'idle' | 'preparing' | 'training' | 'pausing' | 'paused' | 'recovering' | 'done' | 'failed' | 'unsupported'
type Point = readonly [number, number]

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T
const form = element<HTMLFormElement>('settings')
const [go, stop, save] = ['go', 'stop', 'save'].map(id => element<HTMLButtonElement>(id)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLButtonElement,
]
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const tell = (message: ToWorker): void => worker.postMessage(message)

let state: State = 'idle'
let settings = settingsOf(form)
/** Histograms that are drawn as one: one batch has few positive pairs. */
const MOST_HISTOGRAMS = 5
/** What is drawn. */
let losses: Point[] = []
let scores: Point[] = []
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
  return { method, augment: `${data.get('augment')}`, steps, batch, width, size, images, seed, adapter }
}
/** Settings are part of the address: a reload or a link has them again. */
function readAddress(): void {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value
  }
  showPreset()
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
  element('embedded').hidden = files.length === 0
  tell({ kind: 'data', files })
}
for (const id of ['files', 'folder']) {
  const input = element<HTMLInputElement>(id)
  input.addEventListener('change', () => input.files?.length && give(chosen(input.files)))
  element(`choose-${id}`).addEventListener('click', () => input.click())
}
element('embedded').addEventListener('click', () => give([]))
document.addEventListener('dragover', event => {
  event.preventDefault()
  area.classList.toggle('over', isIdle())
})
document.addEventListener('dragleave', () => area.classList.remove('over'))
document.addEventListener('drop', async event => {
  event.preventDefault()
  area.classList.remove('over')
  if (isIdle() && event.dataTransfer) give(await droppedFiles(event.dataTransfer))
})

// Running

const isIdle = (): boolean => state === 'idle' || state === 'done' || state === 'failed'
form.addEventListener('submit', event => {
  event.preventDefault()
  if (go.ariaDisabled === 'true') return
  if (isIdle()) return begin()
  if (state === 'paused') return tell({ kind: 'resume' })
  tell({ kind: 'pause' })
  become('pausing', 'Pausing after this step')
})
stop.addEventListener('click', () => {
  tell({ kind: 'stop' })
  become('preparing', 'Stopping')
})
save.addEventListener('click', () => tell({ kind: 'weights' }))

function begin(): void {
  settings = settingsOf(form)
  history.replaceState(null, '', `?${new URLSearchParams(Object.entries(settings).map(([k, v]) => [k, `${v}`]))}`)
  ;[losses, scores, histograms, plane] = [[], [], [], undefined]
  for (const id of ['step', 'loss', 'knn', 'rate']) element(id).textContent = '–'
  tell({ kind: 'start', settings })
  become('preparing', 'Preparing')
  draw()
}

function become(next: State, status: string, share?: number): void {
  state = next
  document.body.dataset.state = next
  const idle = isIdle()
  element<HTMLFieldSetElement>('choices').disabled = !idle
  go.textContent = idle ? 'Start' : state === 'paused' ? 'Go on' : 'Pause'
  // Not disabled: it would lose the focus, and with it whoever uses the keyboard.
  go.ariaDisabled = `${!idle && state !== 'training' && state !== 'paused'}`
  stop.disabled = state !== 'training' && state !== 'paused'
  element('status').textContent = status
  const progress = element<HTMLProgressElement>('progress')
  progress.hidden = idle || state === 'unsupported'
  if (share === undefined) progress.removeAttribute('value')
  else progress.value = share
}

const trainingStatus = (step: number): string => `Training: step ${step} of ${settings.steps}`
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
      classes = message.classes
      element('classes').replaceChildren(...legend(classes))
      if (isIdle()) become('idle', 'Ready.')
      return
    case 'stage':
      if (isIdle()) element('status').textContent = message.text
      else become(state === 'recovering' ? state : 'preparing', message.text, message.share)
      return
    case 'training':
      // What was trained beyond the last state was lost with the device.
      losses = losses.slice(0, message.step)
      scores = scores.filter(([step]) => step <= message.step)
      since = undefined
      save.disabled = false
      return become('training', trainingStatus(message.step), message.step / settings.steps)
    case 'step':
      return showStep(message)
    case 'warning':
      element('status').textContent = `Look out: ${message.message}.`
      return
    case 'scores':
      if (message.knn === undefined) return
      scores.push([message.step, message.knn])
      element('knn').textContent = `${(100 * message.knn).toFixed(1)} %`
      return draw()
    case 'plane':
      plane = { points: plane ? aligned(message.points, plane.points) : message.points, labels: message.labels }
      return draw()
    case 'paused':
      return become('paused', `Paused at step ${message.step} of ${settings.steps}.`, message.step / settings.steps)
    case 'lost':
      return become('recovering', `${message.message} Opening a new one and going on from the last state.`)
    case 'done':
      return become('done', `Done: ${message.step} steps.`)
    case 'failed':
      return become('failed', message.message)
    case 'weights':
      return download(message.name, message.bytes)
  }
}

function showStep({ step, loss, histograms: found }: FromWorker & { kind: 'step' }): void {
  losses.push([step, loss])
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
    if (step % 10 === 0) element('status').textContent = trainingStatus(step)
  }
  draw()
}

// Drawing

let planned = false
/** Draws soon, at most four times a second. */
function draw(): void {
  if (planned) return
  planned = true
  setTimeout(() => {
    planned = false
    element('losses').replaceChildren(lossChart(losses, settings.steps))
    element('accuracy').replaceChildren(accuracyChart(scores, settings.steps, Math.max(1, classes.length)))
    element('scores').replaceChildren(...(histograms.length > 0 ? [scoreChart(histograms)] : []))
    element('plane').replaceChildren(...(plane ? [planeChart(plane.points, plane.labels, classes)] : []))
  }, 250)
}

const legend = (names: readonly string[]): Element[] =>
  names.slice(0, 10).map((name, i) => {
    const item = document.createElement('li')
    const dot = document.createElement('i')
    dot.style.background = `var(--class-${i})`
    item.append(dot, name)
    return item
  })

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes]))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

readAddress()
look()
draw()
