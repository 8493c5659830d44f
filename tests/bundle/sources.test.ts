// Where a bundle may come from, and what may go wrong on its way: slow, compressed, cut off, something else, given up.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle } from '../../compiler/index.js'
import { packFiles } from '../../runtime/archive.js'
import { BadInput, type BundleProgress, DeviceLost, FacetError, loadBundle } from '../../runtime/node.js'
import { testDevice } from '../runtime/programs.js'
import { embed, sizes, step, target, x } from './model.js'

const device = await testDevice()
const archive = packFiles(await bundle({ step, embed }, sizes, { name: 'layer' }))
const bytes = Buffer.from(archive)

const gates = new Set<() => void>()
const answers: Record<string, RequestListener> = {
  '/plain': (_, response) => response.setHeader('content-length', bytes.length).end(bytes),
  // As a server does that compresses on its way: what arrives is longer than what is said.
  '/zipped': (_, response) => {
    const zipped = gzipSync(bytes)
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped)
  },
  '/slow': (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1000))
    gates.add(() => response.destroy())
  },
  '/short': (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1000))
    setTimeout(() => response.destroy(), 50)
  },
  '/file.gz': (_, response) => response.end(gzipSync(bytes)),
  '/lie': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
  '/page': (_, response) => response.setHeader('content-type', 'text/html').end('<!DOCTYPE html><html>Not here</html>'),
}
const server = createServer((request, response) => answers[request.url!]?.(request, response)).listen(0)
const origin = `http://localhost:${(server.address() as AddressInfo).port}`
test.after(() => {
  server.closeAllConnections()
  server.close()
  device.destroy()
})
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it did not fail'),
    error => error,
  )

test('bytes, buffers, blobs, files and answers are sources', async () => {
  const answer = () => fetch(`${origin}/plain`)
  const buffer = archive.buffer.slice(archive.byteOffset, archive.byteOffset + archive.byteLength)
  for (const source of [archive, buffer, new Blob([archive]), await answer(), `${origin}/zipped`]) {
    const session = await loadBundle(device, source)
    assert.ok((await session.call('step', { x, target })).loss![0]! > 0)
    session.destroy()
  }
  const used = await answer()
  await used.arrayBuffer()
  assert.match((await failure(loadBundle(device, used))).message, /has been read already/)
})

test('progress never passes what there is, compressed or not', async () => {
  for (const path of ['plain', 'zipped']) {
    const told: BundleProgress[] = []
    await loadBundle(device, `${origin}/${path}`, { onProgress: progress => told.push(progress) })
    const parts = told.filter(({ stage }) => stage === 'bytes')
    assert.is(parts.at(-1)!.done, bytes.length)
    for (const { done, total } of told) assert.ok(total === 0 || done <= total, `${path}: ${done} of ${total}`)
    assert.is(parts.at(-1)!.total, path === 'plain' ? bytes.length : 0)
  }
})

test('a page in place of a bundle is called one', async () => {
  for (const source of [
    `${origin}/page`,
    `${origin}/page?`,
    await fetch(`${origin}/page`),
    new Blob(['<html></html>']),
  ]) {
    const error = await failure(loadBundle(device, source))
    assert.instance(error, BadInput)
    assert.match(error.message, /is an HTML page and no bundle: .* Check the address/)
  }
})

test('what is no bundle, or never comes, is said in a sentence', async () => {
  const zipped = new Uint8Array(gzipSync(bytes))
  for (const source of [zipped, new Blob([zipped]), `${origin}/file.gz`, new Response(zipped)])
    assert.match((await failure(loadBundle(device, source))).message, /is compressed by gzip: serve it with the header/)
  for (const [source, words] of [
    [null, 'null'],
    [undefined, 'undefined'],
    [42, '42'],
    [{ files: [] }, 'Object'],
    [new Float32Array(4), 'Float32Array'],
  ] as const) {
    const error = await failure(loadBundle(device, source as never))
    assert.instance(error, BadInput)
    assert.match(error.message, new RegExp(`^a bundle is given as an address, .*, not as ${words}\\.$`))
  }
  for (const source of ['http://', 'http://[']) {
    const error = await failure(loadBundle(device, source))
    assert.instance(error, BadInput)
    assert.match(error.message, /is no address/)
  }
  // Nothing listens at the first port; an answer that is said to be compressed and is not.
  assert.match(
    (await failure(loadBundle(device, 'http://localhost:1/x'))).message,
    /cannot be fetched: fetch failed, \S/,
  )
  assert.match((await failure(loadBundle(device, `${origin}/lie`))).message, /broke off after 0 bytes: terminated, \S/)
})

test('loading is given up where its signal is aborted, the device destroyed or the server gone', async () => {
  const aborted = new AbortController()
  const reason = new Error('the user went away')
  const slow = failure(loadBundle(device, `${origin}/slow`, { signal: aborted.signal }))
  setTimeout(() => aborted.abort(reason), 50)
  assert.is(await slow, reason)
  assert.is(await failure(loadBundle(device, archive, { signal: aborted.signal })), reason)
  // In the middle of the pipelines.
  const later = new AbortController()
  const onProgress = ({ stage }: BundleProgress) => stage === 'pipelines' && later.abort(reason)
  assert.is(await failure(loadBundle(device, archive, { signal: later.signal, onProgress })), reason)

  const other = await testDevice()
  const hanging = failure(loadBundle(other, `${origin}/slow`))
  setTimeout(() => other.destroy(), 50)
  const error = await hanging
  assert.instance(error, DeviceLost)
  assert.is((error as DeviceLost).destroyed, true)
  assert.match((await failure(loadBundle(device, `${origin}/short`))).message, /broke off after \d+ bytes/)
  for (const end of gates) end()
})

test('what a callback throws is the error of whoever gave it', async () => {
  for (const stage of ['bytes', 'pipelines']) {
    const mine = new RangeError(`mine, at ${stage}`)
    const onProgress = (progress: BundleProgress) => {
      if (progress.stage === stage) throw mine
    }
    assert.is(await failure(loadBundle(device, `${origin}/plain`, { onProgress })), mine)
  }
})

test('reads that a destroy cuts off are typed errors', async () => {
  const other = await testDevice()
  const first = await loadBundle(other, archive)
  first.run('step', { x, target })
  const cut = failure(first.read('step'))
  first.destroy()
  assert.instance(await cut, FacetError)
  const second = await loadBundle(other, archive)
  second.run('step', { x, target })
  const reads = [failure(second.read('step')), failure(second.readVariables())]
  other.destroy()
  for (const error of await Promise.all(reads)) assert.instance(error, DeviceLost)
  assert.instance(await failure(second.ready()), DeviceLost)
})

test.run()
