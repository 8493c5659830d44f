// Checkpoints: round trips, damage, other programs, processes killed while they save.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  BadInput,
  load,
  loadCheckpoint,
  type Output,
  readCheckpoint,
  readSafetensors,
  saveCheckpoint,
  writeCheckpoint,
  writeSafetensors,
} from '../../runtime/node.js'
import { root } from './process.js'
import { affine, f32At, testDevice } from './programs.js'

const device = await testDevice()
const folder = mkdtempSync(join(tmpdir(), 'facet-checkpoint-'))
const x = Float32Array.of(1, 2, 3, 4)
const shaped = <T extends Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(
  array: T,
  shape: readonly number[],
) => Object.assign(array, { shape }) as Output

const example = {
  'conv.weight': shaped(Float32Array.of(1.5, -0, 3e-45, Number.POSITIVE_INFINITY), [2, 2]),
  scalar: shaped(Int32Array.of(-7), []),
  step: shaped(Uint32Array.of(4294967295), []),
  half: shaped(Uint16Array.of(1, 2, 3), [3]),
  bytes: shaped(Uint8Array.of(1, 2, 3, 4, 255), [5]),
  empty: shaped(new Float32Array(0), [0, 3]),
  __proto__x: shaped(Float32Array.of(1), [1]),
}

async function rejects(act: () => unknown, ...parts: string[]): Promise<void> {
  let caught: unknown
  try {
    await act()
  } catch (error) {
    caught = error
  }
  assert.instance(caught, BadInput, `${parts[0]}: got ${caught}`)
  for (const part of parts)
    assert.is((caught as Error).message.includes(part), true, `"${(caught as Error).message}" has no "${part}"`)
}

test('safetensors round trip, bit by bit, whatever the order', () => {
  const file = writeSafetensors(example, { note: 'ünïcode' })
  // In the middle of a larger buffer, as files read by Node can be.
  const { tensors, metadata } = readSafetensors(
    Buffer.concat([new Uint8Array(3), file, file]).subarray(3, 3 + file.length),
  )
  assert.equal(metadata, { note: 'ünïcode' })
  assert.equal(Object.keys(tensors).sort(), Object.keys(example).sort())
  for (const [name, tensor] of Object.entries(example)) {
    const back = tensors[name]!
    assert.is(back.constructor, tensor.constructor)
    assert.equal([...back.shape], [...tensor.shape])
    const bits = (array: Output) => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)]
    assert.equal(bits(back), bits(tensor), name)
  }
  assert.equal(writeSafetensors(Object.fromEntries(Object.entries(example).reverse()), metadata), file)
})

test('the bytes are as the format says', () => {
  const file = writeSafetensors({ b: shaped(Uint8Array.of(9), [1]), a: shaped(Float32Array.of(1), [1]) })
  const text =
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}'
  const length = Math.ceil(text.length / 8) * 8
  assert.equal([...file.subarray(0, 8)], [length, 0, 0, 0, 0, 0, 0, 0])
  assert.is(new TextDecoder().decode(file.subarray(8, 8 + length)), text.padEnd(length))
  assert.equal([...file.subarray(8 + length)], [0, 0, 0x80, 0x3f, 9])
  // BOOL is a byte in the file and a word on the device.
  const bool = encode('{"m":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}', [1, 0, 1])
  assert.equal([...readSafetensors(bool).tensors.m!], [1, 0, 1])
})

/** A file with this header and these bytes. */
function encode(header: string, body: readonly number[] = [], length = header.length): Uint8Array {
  const file = new Uint8Array(8 + header.length + body.length)
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
  file.set(new TextEncoder().encode(header), 8)
  file.set(body, 8 + header.length)
  return file
}

test('a damaged file is bad input that says where', async () => {
  const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'U8') =>
    JSON.stringify({ dtype, shape, data_offsets: offsets })
  const four = [1, 2, 3, 4]
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(7), 'it has 7 bytes'],
    [encode('{}', [], 3), 'header has 3 bytes, but 2 follow'],
    [encode('{}', [], Number.MAX_SAFE_INTEGER), 'header has 9007199254740991 bytes'],
    [encode('[]'), 'does not begin with {'],
    [encode('{"a":'), 'is not JSON'],
    [encode('{"a":1}'), 'tensor a has no description'],
    [encode('{"__metadata__":{"a":1}}'), 'metadata is not text'],
    [encode('{"__metadata__":[]}'), 'metadata is not text'],
    [encode(`{"a":${entry([4], [0, 4], 'F17')}}`, four), 'dtype "F17", and only F32, F16, BF16'],
    [encode(`{"a":${entry([4], [0, 4], 'BF16')}}`, four), 'dtype BF16 needs 8 bytes, but has 4'],
    [encode(`{"a":${entry([4], [0, 4], 'toString')}}`, four), 'dtype "toString"'],
    [encode(`{"a":${entry([-4], [0, 4])}}`, four), 'shape [-4]'],
    [encode(`{"a":${entry([1.5], [0, 4])}}`, four), 'shape [1.5]'],
    [encode(`{"a":${entry('4', [0, 4])}}`, four), 'shape "4"'],
    [encode(`{"a":${entry([2 ** 40, 2 ** 40], [0, 4])}}`, four), 'but has 4'],
    [encode(`{"a":${entry([4], [0, 5])}}`, four), 'lies at bytes 0 to 5 of 4'],
    [encode(`{"a":${entry([4], [4, 0])}}`, four), 'lies at bytes 4 to 0'],
    [encode(`{"a":${entry([4], [0])}}`, four), 'data_offsets [0]'],
    [encode(`{"a":${entry([3], [0, 4])}}`, four), 'needs 3 bytes, but has 4'],
    [encode(`{"a":${entry([3], [0, 3])}}`, four), 'tensors end at byte'],
    [
      encode(`{"a":${entry([3], [0, 3])},"b":${entry([2], [2, 4])}}`, four),
      'tensor b begins at byte 115, inside the one before, which ends at 116',
    ],
    [
      encode(`{"a":${entry([1], [0, 1])},"b":${entry([2], [2, 4])}}`, four),
      'tensor b begins at byte 115, not at the end',
    ],
  ]
  for (const [file, part] of cases)
    await rejects(() => readSafetensors(file, 'here'), 'here is damaged or no safetensors file', part)
})

test('dtypes that the runtime has not are converted to those that it has, or refused as what they are', async () => {
  const bytesOf = (
    ...values: [number | bigint, 'setInt16' | 'setInt8' | 'setFloat64' | 'setBigInt64' | 'setBigUint64'][]
  ) => {
    const size = { setInt8: 1, setInt16: 2, setFloat64: 8, setBigInt64: 8, setBigUint64: 8 }
    return values.flatMap(([value, set]) => {
      const view = new DataView(new ArrayBuffer(size[set]))
      ;(view[set] as (at: number, value: number | bigint, little: boolean) => void).call(view, 0, value, true)
      return [...new Uint8Array(view.buffer)]
    })
  }
  const file = (dtype: string, body: number[], count: number): Uint8Array =>
    encode(JSON.stringify({ 'a.b': { dtype, shape: [count], data_offsets: [0, body.length] } }), body)
  const read = (dtype: string, body: number[], count: number) => {
    const { tensors, converted } = readSafetensors(file(dtype, body, count), 'here')
    return [tensors['a.b']!.constructor.name, [...tensors['a.b']!], converted]
  }
  // 1, -2.5, the largest, infinity, NaN.
  const brain = [0x80, 0x3f, 0x20, 0xc0, 0x7f, 0x7f, 0x80, 0x7f, 0xc0, 0x7f]
  assert.equal(read('BF16', brain, 5), [
    'Float32Array',
    [1, -2.5, 3.3895313892515355e38, Number.POSITIVE_INFINITY, Number.NaN],
    ['a.b of BF16 as f32'],
  ])
  assert.equal(read('F64', bytesOf([0.1, 'setFloat64'], [-Infinity, 'setFloat64'], [1e-300, 'setFloat64']), 3), [
    'Float32Array',
    [Math.fround(0.1), -Infinity, 0],
    ['a.b of F64 as f32'],
  ])
  assert.equal(read('I16', bytesOf([-32768, 'setInt16'], [32767, 'setInt16']), 2), [
    'Int32Array',
    [-32768, 32767],
    ['a.b of I16 as i32'],
  ])
  assert.equal(read('U16', [255, 255, 1, 0], 2), ['Uint32Array', [65535, 1], ['a.b of U16 as u32']])
  assert.equal(read('I8', [255, 127], 2), ['Int32Array', [-1, 127], ['a.b of I8 as i32']])
  assert.equal(read('I64', bytesOf([-(2n ** 31n), 'setBigInt64'], [7n, 'setBigInt64']), 2), [
    'Int32Array',
    [-(2 ** 31), 7],
    ['a.b of I64 as i32'],
  ])
  assert.equal(read('U64', bytesOf([2n ** 32n - 1n, 'setBigUint64']), 1), [
    'Uint32Array',
    [2 ** 32 - 1],
    ['a.b of U64 as u32'],
  ])
  assert.equal(read('BOOL', [0, 2], 2), ['Uint32Array', [0, 1], []])
  assert.equal(read('F32', [0, 0, 128, 63], 1), ['Float32Array', [1], []])
  assert.equal(read('F64', [], 0), ['Float32Array', [], ['a.b of F64 as f32']])
  for (const [dtype, body, sentence] of [
    ['I64', bytesOf([2n ** 31n, 'setBigInt64']), 'a.b of dtype I64 holds 2147483648, which i32 cannot.'],
    ['I64', bytesOf([2n ** 53n + 1n, 'setBigInt64']), 'a.b of dtype I64 holds 9007199254740993, which i32 cannot.'],
    ['U64', bytesOf([2n ** 32n, 'setBigUint64']), 'a.b of dtype U64 holds 4294967296, which u32 cannot.'],
    ['F64', bytesOf([1e39, 'setFloat64']), 'a.b of dtype F64 holds 1e+39, which f32 cannot.'],
    ['F8_E4M3', [1], 'a.b has dtype F8_E4M3, and only F32,'],
    ['F8_E5M2', [1], 'a.b has dtype F8_E5M2, and only F32,'],
    ['C64', bytesOf([1, 'setFloat64']), 'a.b has dtype C64, and only F32,'],
  ] as const)
    await rejects(() => readSafetensors(file(dtype, [...body], 1), 'here'), `here cannot be read: tensor ${sentence}`)
})

test('two thousand random mutations end in the tensors or in BadInput, quickly', () => {
  const original = writeSafetensors(example, { state: '{"step":3}' })
  const header = Number(new DataView(original.buffer).getBigUint64(0, true)) + 8
  let seed = 12345
  // Numerical Recipes' linear congruential generator: the same mutations in every run.
  const random = (below: number) =>
    Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * below)
  const digits = [...'0123456789-e.{}[]",:'].map(char => char.charCodeAt(0))
  let refused = 0
  const start = performance.now()
  for (let round = 0; round < 2000; round++) {
    let file = original.slice()
    for (let n = random(3); n >= 0; n--) {
      const kind = random(6)
      const at = random(kind < 4 ? header : file.length)
      if (kind === 0) file[at]! ^= 1 << random(8)
      else if (kind === 1) file[at] = digits[random(digits.length)]!
      else if (kind === 2) file[random(8)] = random(256)
      else if (kind === 3) file.copyWithin(at, random(header), random(header))
      else if (kind === 4) file = file.slice(0, at)
      else
        file = Uint8Array.of(
          ...file.subarray(0, at),
          ...Array.from({ length: random(9) }, () => random(256)),
          ...file.subarray(at),
        )
    }
    try {
      const { tensors } = readSafetensors(file)
      let bytes = 0
      for (const { byteLength } of Object.values(tensors)) bytes += byteLength
      assert.is(bytes <= file.length, true)
    } catch (error) {
      assert.instance(error, BadInput, String(error))
      refused++
    }
  }
  assert.is(refused > 1000, true, `only ${refused} of 2000 were refused`)
  assert.is(performance.now() - start < 5000, true)
})

test('a session goes on from a checkpoint as if it had never stopped', async () => {
  const place = join(folder, 'a', 'b')
  const first = await load(device, affine, { seed: 2 })
  for (let i = 0; i < 3; i++) first.run('step', { x })
  await saveCheckpoint(place, first, { step: 3, position: [1, 2] })
  const expected = await first.call('step', { x })
  const second = await load(device, affine, { init: false })
  assert.equal(await loadCheckpoint(place, second), { step: 3, position: [1, 2] })
  assert.equal((await second.call('step', { x })).y!.slice(), expected.y!.slice())
  assert.equal([...(await second.readVariables()).seed!], [2])
  assert.equal(readdirSync(place).sort(), ['state.json', 'weights.safetensors'])
  assert.equal(JSON.parse(readFileSync(join(place, 'state.json'), 'utf8')), { step: 3, position: [1, 2] })
  first.destroy()
  second.destroy()
})

test('a checkpoint of another program changes nothing', async () => {
  const session = await load(device, affine)
  const good = await session.readVariables()
  const variables = Object.entries(good)
  const save = async (name: string, tensors: Record<string, Output>) => {
    await writeCheckpoint(join(folder, name), { tensors, state: {} })
    return join(folder, name)
  }
  const without = await save('without', Object.fromEntries(variables.filter(([name]) => name !== 'a')))
  await rejects(() => loadCheckpoint(without, session), 'has no variable a: it was saved from another program')
  const more = await save('more', { ...good, other: good.a! })
  await rejects(() => loadCheckpoint(more, session), 'has variable other, which the program has not')
  const reshaped = await save('reshaped', { ...good, a: shaped(Float32Array.of(9, 9, 9, 9), [4]) })
  await rejects(
    () => loadCheckpoint(reshaped, session),
    'variable a as Float32Array [4], but the program has it as f32 [2, 2]',
  )
  const retyped = await save('retyped', { ...good, a: shaped(Int32Array.of(9, 9, 9, 9), [2, 2]) })
  await rejects(() => loadCheckpoint(retyped, session), 'variable a as Int32Array [2, 2]')
  assert.equal([...(await session.readVariables()).a!], [1, 1, 1, 1])
  session.destroy()
})

test('a missing, damaged or unwritable checkpoint is one sentence', async () => {
  await rejects(
    () => readCheckpoint(join(folder, 'nowhere')),
    `cannot read checkpoint ${join(folder, 'nowhere')}: it does not exist.`,
  )
  writeFileSync(join(folder, 'file'), '')
  await rejects(
    () => writeCheckpoint(join(folder, 'file'), { tensors: {}, state: {} }),
    'cannot write checkpoint',
    'a file is in its place',
  )
  await rejects(
    () => writeCheckpoint(join(folder, 'file', 'below'), { tensors: {}, state: {} }),
    'a file is in the place of a folder',
  )
  const damaged = join(folder, 'damaged')
  const file = join(damaged, 'weights.safetensors')
  await writeCheckpoint(damaged, { tensors: example, state: [1] as never })
  await rejects(() => readCheckpoint(damaged), 'damaged training state: it is no object')
  writeFileSync(file, writeSafetensors(example))
  await rejects(() => readCheckpoint(damaged), 'weights.safetensors is no checkpoint', 'no digest')
  writeFileSync(file, writeSafetensors(example).slice(0, -1))
  await rejects(() => readCheckpoint(damaged), 'weights.safetensors is damaged')
})

test('every changed bit is found, and the checkpoint before the last is offered', async () => {
  const place = join(folder, 'bits')
  const file = join(place, 'weights.safetensors')
  for (const step of [1, 2, 3]) await writeCheckpoint(place, { tensors: example, state: { step } })
  assert.equal(readdirSync(place).sort(), ['previous.safetensors', 'state.json', 'weights.safetensors'])
  const good = readFileSync(file)
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at]! ^= 1 << (at % 8)
    writeFileSync(file, bad)
    await rejects(() => readCheckpoint(place), 'weights.safetensors', 'rename previous.safetensors')
  }
  rmSync(file) // as after a kill between the two renames
  assert.equal((await readCheckpoint(place)).state, { step: 2 })
})

test('large variables, in more than one staging buffer where they must', async () => {
  const count = 5000
  const big = {
    ...affine,
    slabs: [...affine.slabs, 4 * count],
    variables: [...affine.variables, { ...f32At('big', 4, 0, [count]), kind: 'state' as const }],
  }
  // As if a buffer could hold no more than this variable.
  const limits = new Proxy(device.limits, {
    get: (all, name) => (name === 'maxBufferSize' ? 4 * count : Reflect.get(all, name, all)),
  })
  const session = await load({ ...device, limits }, big)
  const { buffersCreated } = session.counters
  const value = Float32Array.from({ length: count }, (_, i) => i / 7)
  session.writeVariables({ big: value })
  assert.equal((await session.readVariables()).big!.slice(), value)
  assert.is(session.counters.buffersCreated, buffersCreated + 2)
  // Two at once share the staging buffers in turn.
  const [one, two] = await Promise.all([session.readVariables(['big']), session.readVariables(['a', 'big'])])
  assert.equal([one!.big!.slice(), two!.big!.slice()], [value, value])
  session.destroy()
})

test('a process killed at any time while it saves leaves a whole checkpoint', async () => {
  const place = join(folder, 'killed')
  const saver = `
    const { writeCheckpoint } = await import('./runtime/checkpoint.ts')
    const w = Object.assign(new Float32Array(200000), { shape: [200000] })
    for (let step = 0; ; step++) { await writeCheckpoint(${JSON.stringify(place)}, { tensors: { w: w.fill(step) }, state: { step } }); if (step === 0) console.log('saved') }`
  for (const delay of [0, 3, 7, 12, 18]) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', saver], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise(resolve => child.stdout.once('data', resolve))
    await new Promise(resolve => setTimeout(resolve, delay))
    child.kill('SIGKILL')
    await new Promise(resolve => child.once('close', resolve))
    const { tensors, state } = await readCheckpoint(place)
    assert.is(
      tensors.w!.every(value => value === state.step),
      true,
      `weights of step ${tensors.w![0]} with state ${JSON.stringify(state)}`,
    )
  }
})

test.after(() => {
  device.destroy()
  rmSync(folder, { recursive: true, force: true })
})
test.run()
