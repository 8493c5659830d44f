/** The logs of a run: what each holds, that a run that goes on repeats no step, and a server that is away. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type LogOptions, logsOf, openLogs } from '../../cli/logs/logger.js'
import { openSpool } from '../../cli/logs/spool.js'
import { crc32c, frame, scalarEvent, versionEvent } from '../../cli/logs/tensorboard.js'
import { adapter, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const root = mkdtempSync(join(tmpdir(), 'facet-logs-'))
test.after(() => rmSync(root, { recursive: true }))
const place = () => mkdtempSync(join(root, 'run-'))
const options = (folder: string, done = 0, told: string[] = []): LogOptions => ({
  ...{ folder, done, name: 'SimSiam', about: [['batch (of the recipe)', '8']] },
  warn: sentence => void told.push(sentence),
})
/** Steps from one to another. */
async function write(kinds: readonly string[], opened: LogOptions, from: number, to: number): Promise<void> {
  const logs = openLogs(kinds, opened)
  for (let step = from; step <= to; step++) logs.log(step, { loss: 1 / step, learningRate: 0.5 }, 1e12 + step)
  await logs.close()
}

test('JSON lines and comma-separated values: each step once, also where a run lost some', async () => {
  const folder = place()
  const [json, csv] = ['log.jsonl', 'log.csv'].map(name => join(folder, name)) as [string, string]
  await write(['json', 'csv'], options(folder), 1, 6)
  // The run was killed in the middle of a line, and its checkpoint is of step 3.
  writeFileSync(json, `${readFileSync(json, 'utf8')}{"step":7,"lo`)
  await write(['json', 'csv'], options(folder, 3), 4, 5)
  const lines = readFileSync(json, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(
    lines,
    [1, 2, 3, 4, 5].map(step => ({ step, time: 1e9 + step / 1000, loss: 1 / step, learningRate: 0.5 })),
  )
  assert.equal(readFileSync(csv, 'utf8').split('\n'), [
    'step,time,loss,learningRate',
    ...[1, 2, 3, 4, 5].map(step => `${step},${1e9 + step / 1000},${1 / step},0.5`),
    '',
  ])
  const logs = openLogs(['csv'], options(folder, 5))
  logs.log(5, { knn: 0.75 }, 1e12)
  await logs.close()
  const rows = readFileSync(csv, 'utf8').trim().split('\n')
  assert.equal(
    [rows[0], rows[1], rows[6]],
    ['step,time,loss,learningRate,knn', '1,1000000000.001,1,0.5,', '5,1000000000,,,0.75'],
  )
  await write(['json'], options(folder), 1, 1)
  assert.is(readFileSync(json, 'utf8').split('\n').length, 2, 'a run from its beginning has a new log')
})

test("TensorBoard: byte for byte what TensorBoard's own writer writes", () => {
  // tensorboard 2.21's RecordWriter, of Event(wall_time=1.7e9, file_version='brain.Event:2') and of
  // Event(wall_time=1.7e9 + 0.5, step=300, summary=Summary(value=[loss 0.25, learningRate -1.5])).
  const theirs =
    '1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d300000000000000095f5d05f0900002040fc54d94110ac022a220a0b0a046c6f7373150000803e0a130a0c6c6561726e696e6752617465150000c0bf4ec1c7aa'
  const events = [versionEvent(1.7e12), scalarEvent(300, { loss: 0.25, learningRate: -1.5 }, 1.7e12 + 500)]
  assert.is(Buffer.concat(events.map(frame)).toString('hex'), theirs)
  // The check value of CRC-32C (RFC 3720, appendix B.4, has others).
  assert.is(crc32c(Buffer.from('123456789')), 0xe3069283)
})

/** Steps and losses of an event file, by a reader of its own: `[step, tag, value]`. */
function eventsOf(file: string): (readonly [number, string, number])[] {
  const bytes = readFileSync(file)
  const found: (readonly [number, string, number])[] = []
  const fields = (data: Buffer): [field: number, value: number | Buffer][] => {
    const all: [number, number | Buffer][] = []
    let at = 0
    const varint = (): number => {
      let value = 0
      for (let shift = 1; ; shift *= 128) {
        const byte = data[at++]!
        value += (byte & 127) * shift
        if (byte < 128) return value
      }
    }
    while (at < data.length) {
      const key = varint()
      if (key % 8 === 0) all.push([key >> 3, varint()])
      else if (key % 8 === 1) all.push([key >> 3, data.readDoubleLE((at += 8) - 8)])
      else if (key % 8 === 5) all.push([key >> 3, data.readFloatLE((at += 4) - 4)])
      else {
        const length = varint()
        all.push([key >> 3, data.subarray(at, (at += length))])
      }
    }
    return all
  }
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const event = new Map(fields(bytes.subarray(at + 12, at + 12 + length)))
    if (event.has(5))
      for (const [, value] of fields(event.get(5) as Buffer)) {
        const parts = new Map(fields(value as Buffer))
        found.push([event.get(2) as number, String(parts.get(1)), parts.get(2) as number])
      }
    at += length + 16
  }
  return found
}

test('TensorBoard: each step once, also where a run lost some', async () => {
  const folder = place()
  const file = join(folder, 'events.out.tfevents.facet')
  await write(['tensorboard'], options(folder), 1, 200)
  writeFileSync(file, readFileSync(file).subarray(0, -5))
  await write(['tensorboard'], options(folder, 150), 151, 160)
  const losses = eventsOf(file).filter(([, tag]) => tag === 'loss')
  assert.equal(
    losses.map(([step]) => step),
    Array.from({ length: 160 }, (_, i) => i + 1),
  )
  assert.equal(
    losses.map(([, , value]) => value),
    losses.map(([step]) => Math.fround(1 / step)),
  )
})

/** What an MLflow server keeps, as much of it as the log needs. */
function server() {
  /** So many of the log-batches that follow are refused, or with metrics taken without an answer. */
  const faults = { refuse: 0, drop: 0 }
  const runs = new Map<
    string,
    {
      metrics: { key: string; value: number; step: number }[]
      params: { key: string; value: string }[]
      status: string
    }
  >()
  let experiment: string | undefined
  const http = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const given = body ? JSON.parse(body) : {}
    const url = new URL(request.url!, 'http://localhost')
    const answer = (content: object, status = 200) => response.writeHead(status).end(JSON.stringify(content))
    const path = url.pathname.replace('/api/2.0/mlflow/', '')
    if (path === 'experiments/get-by-name')
      return experiment
        ? answer({ experiment: { experiment_id: experiment } })
        : answer({ error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404)
    if (path === 'experiments/create') return answer({ experiment_id: (experiment = '7') })
    if (path === 'runs/create') {
      assert.is(given.experiment_id, '7')
      const id = `run${runs.size}`
      runs.set(id, { metrics: [], params: [], status: 'RUNNING' })
      return answer({ run: { info: { run_id: id } } })
    }
    const run = runs.get(given.run_id ?? url.searchParams.get('run_id'))
    if (!run) return answer({ error_code: 'RESOURCE_DOES_NOT_EXIST' }, 404)
    if (path === 'runs/log-batch') {
      if (given.metrics?.length > 1000) return answer({ error_code: 'INVALID_PARAMETER_VALUE' }, 400)
      if (faults.refuse-- > 0) return answer({ error_code: 'TEMPORARILY_UNAVAILABLE' }, 503)
      run.metrics.push(...(given.metrics ?? []))
      for (const { key, value } of given.params ?? [])
        if (!run.params.some(param => param.key === key)) run.params.push({ key, value })
      if (given.metrics && faults.drop-- > 0) return response.destroy()
      return answer({})
    }
    if (path === 'runs/update') {
      run.status = given.status
      return answer({})
    }
    // The last of each metric, as the server has it.
    const last = new Map(run.metrics.map(metric => [metric.key, metric]))
    return answer({ run: { data: { metrics: [...last.values()] } } })
  })
  return { http, runs, faults }
}

test('MLflow: parameters, values in batches; a run that goes on repeats no step', async () => {
  const { http, runs } = server()
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const kind = `mlflow=http://127.0.0.1:${(http.address() as AddressInfo).port}/`
  const [folder, told] = [place(), [] as string[]]
  await write([kind], options(folder, 0, told), 1, 1200)
  await write([kind], options(folder, 1100, told), 1101, 1300)
  assert.equal([told, runs.size], [[], 1])
  const { metrics, params, status } = runs.get('run0')!
  assert.is(status, 'FINISHED')
  assert.equal(params, [{ key: 'batch _of the recipe_', value: '8' }])
  const losses = metrics.filter(({ key }) => key === 'loss')
  assert.equal(
    losses.map(({ step }) => step),
    Array.from({ length: 1300 }, (_, i) => i + 1),
  )
  assert.is(losses[9]!.value, 0.1)
  await write([kind], options(place(), 0, told), 1, 2)
  assert.is(runs.size, 2, 'another run is another one there')
  http.close()
})

test('MLflow: a run is made once and every value kept once, whatever the server refuses, or takes without an answer', async () => {
  const { http, runs, faults } = server()
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const kind = `mlflow=http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const told: string[] = []
  faults.refuse = 1
  await write([kind], options(place(), 0, told), 1, 10)
  assert.equal([runs.size, told.length], [1, 1])
  faults.drop = 1
  const folder = place()
  await write([kind], options(folder, 0, told), 1, 10)
  assert.equal([runs.size, told.length], [2, 2])
  // What was not sent when the run ended is sent when it is resumed, and a batch may have ended within a step.
  faults.refuse = 2
  await write([kind], options(folder, 10, told), 11, 12)
  assert.is(runs.get('run1')!.metrics.filter(({ step }) => step > 10).length, 0)
  const { metrics } = runs.get('run1')!
  metrics.push({ key: 'loss', value: 1 / 11, step: 11 })
  await write([kind], options(folder, 12, told), 13, 14)
  for (const [name, from] of [
    ['run0', 10],
    ['run1', 14],
  ] as const)
    for (const key of ['loss', 'learningRate'])
      assert.equal(
        runs
          .get(name)!
          .metrics.filter(metric => metric.key === key)
          .map(({ step }) => step),
        Array.from({ length: from }, (_, i) => i + 1),
        `${name} ${key}`,
      )
  assert.not.ok(existsSync(join(folder, 'mlflow.jsonl')), 'nothing waits')
  http.close()
})

test('MLflow: what waits for a server is on disk, all of it', async () => {
  const folder = place()
  const spool = openSpool<{ step: number; text: string }>(join(folder, 'waiting'), 0)
  const count = 120_000
  for (let step = 1; step <= count; step++) spool.add({ step, text: 'é' })
  let sum = 0
  for (let next = spool.next(1000); next.items.length > 0; next = spool.next(1000)) {
    for (const { step, text } of next.items) sum += text === 'é' ? step : Number.NaN
    next.taken()
  }
  assert.equal([sum, spool.empty()], [(count * (count + 1)) / 2, true])
  for (const step of [1, 2, 3]) spool.add({ step, text: '' })
  spool.close()
  const again = openSpool(join(folder, 'waiting'), 2)
  assert.equal(
    again.next(10).items.map(({ step }) => step),
    [1, 2],
    'but for steps that were lost with the run',
  )
  again.close()
})

test('MLflow: a server that is away is said once, and what it missed is sent when it is back', async () => {
  const { http, runs } = server()
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  await new Promise(resolve => http.close(resolve))
  const told: string[] = []
  const logs = openLogs([`mlflow=http://127.0.0.1:${port}`], options(place(), 0, told))
  logs.log(1, { loss: 1 }, 1e12)
  // Longer than two attempts.
  await new Promise(resolve => setTimeout(resolve, 4500))
  assert.is(told.length, 1)
  assert.match(told[0]!, /^MLflow at http:\/\/127\.0\.0\.1:\d+ takes no log \(.*ECONNREFUSED.*\): training goes on/)
  await new Promise<void>(resolve => http.listen(port, '127.0.0.1', resolve))
  logs.log(2, { loss: 0.5 }, 1e12)
  await logs.close()
  assert.equal(
    runs.get('run0')!.metrics.map(({ step }) => step),
    [1, 2],
  )
  http.close()
})

test('a run writes them beside its weights, and one that is resumed goes on in them', async () => {
  const out = place()
  const facet = (...args: string[]) => run(['cli/facet.mjs', 'pretrain', ...args], adapter)
  const small = [
    '--steps',
    '3',
    '--batch',
    '8',
    '--width',
    '4',
    '--size',
    '8',
    '--images',
    '40',
    '--log',
    'csv,tensorboard',
  ]
  const { code, stderr } = await facet(...small, '--out', out)
  assert.is(code, 0, stderr)
  const folder = join(out, 'simsiam')
  const text = readFileSync(join(folder, 'log.csv'), 'utf8')
  const [head, ...rows] = text
    .trim()
    .split('\n')
    .map(line => line.split(','))
  assert.equal(head!.slice(0, 2), ['step', 'time'])
  for (const name of ['loss', 'learningRate', 'knn', 'linear']) assert.ok(head!.includes(name), `${head}`)
  assert.equal(
    rows.map(row => row[0]),
    ['1', '2', '3', '3'],
    'three steps, and the evaluation after them',
  )
  const { runs } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))
  const at = head!.indexOf('loss')
  assert.equal(
    rows.slice(0, 3).map(row => Number(row[at])),
    runs[0].losses.map(([, loss]: [number, number]) => loss),
  )
  const losses = eventsOf(join(folder, 'events.out.tfevents.facet')).filter(([, tag]) => tag === 'loss')
  assert.equal(
    losses.map(([step]) => step),
    [1, 2, 3],
  )
  const again = await facet('--resume', folder)
  assert.is(again.code, 0, again.stderr)
  assert.is(readFileSync(join(folder, 'log.csv'), 'utf8'), text)
})

test('places that are not known are refused', async () => {
  assert.equal(logsOf('csv, mlflow=https://a.example:1/x,csv'), ['csv', 'mlflow=https://a.example:1/x'])
  assert.throws(() => logsOf('mlflow=http://a,mlflow=http://b'), /--log takes one mlflow=URL/)
  for (const text of ['cvs', 'mlflow', 'mlflow=ftp://x', ''])
    assert.throws(() => logsOf(text), /--log takes json, csv, tensorboard and mlflow=URL/)
  const { code, stderr } = await inProcess('pretrain', '--log', 'wandb', '--out', join(root, 'x'))
  assert.is(code, 2)
  assert.match(stderr, /got "wandb"/)
})

test.run()
