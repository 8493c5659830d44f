/**
 * Revectorization: V8, from that of Node 24 on, joins two 128-bit operations on neighbours into one of 256 bits, which doubles what a
 * product reaches. It is an experiment of V8's, so it is asked for by a flag, tried on a product and a row that must be what
 * JavaScript computes, and timed: where tiles of 16 columns gain nothing (older engines, processors without AVX2), it is off again.
 * `FACET_REVECTORIZE=off` leaves it off.
 */
import { setFlagsFromString } from 'node:v8'

const FLAG = 'experimental-wasm-revectorize'
/** The first V8 in which it pays. */
const VERSION = 13

let found: boolean | undefined
/** Whether modules that are compiled from here on are revectorized. Looks once. */
export const revectorizes = (relaxed: boolean): boolean => (found ??= tried(relaxed))

function tried(relaxed: boolean): boolean {
  const version = Number.parseInt(process.versions.v8 ?? '', 10)
  if (process.env.FACET_REVECTORIZE === 'off' || process.versions.bun || !(version >= VERSION)) return false
  setFlagsFromString(`--${FLAG}`)
  if (works(relaxed)) return true
  setFlagsFromString(`--no-${FLAG}`)
  return false
}

/** Terms of the products, and where the panels of rows, columns and results and the row lie. */
const TERMS = 256
const [ROWS, COLUMNS, SUMS, ROW, END] = [0, 0x1000, 0x5000, 0x6000, 0x6400]
/** How much faster the wide tile must be. */
const GAIN = 1.3

function works(relaxed: boolean): boolean {
  // Only the optimizing compiler does it, which otherwise waits until a function has run for a while.
  setFlagsFromString('--no-liftoff')
  try {
    const module = new WebAssembly.Module(probe(relaxed))
    const { memory, narrow, wide, row } = new WebAssembly.Instance(module).exports as unknown as {
      memory: WebAssembly.Memory
      narrow(): void
      wide(): void
      row(): void
    }
    // Whole numbers: sums of their products are exact in any order.
    const data = new Float32Array(memory.buffer)
    for (let i = 0; i < END / 4; i++) data[i] = ((i * 7) % 17) - 8
    const before = data.slice()
    row()
    for (let i = ROW / 4; i < END / 4; i++) if (data[i] !== Math.max(before[i]! ** 2 + before[i]!, 1)) return false
    for (const [run, columns] of [
      [narrow, 8],
      [wide, 16],
    ] as const) {
      run()
      for (let r = 0; r < 4; r++)
        for (let c = 0; c < columns; c++) {
          let sum = 0
          for (let k = 0; k < TERMS; k++) sum += before[4 * k + r]! * before[COLUMNS / 4 + k * columns + c]!
          if (data[SUMS / 4 + r * columns + c] !== sum) return false
        }
    }
    return gains(narrow, wide)
  } catch {
    return false
  } finally {
    setFlagsFromString('--liftoff')
  }
}

/** By the least times of both, taken in turn: other work on the machine only makes some of them longer. */
function gains(narrow: () => void, wide: () => void): boolean {
  const timed = (run: () => void): number => {
    const start = performance.now()
    for (let i = 0; i < 50; i++) run()
    return performance.now() - start
  }
  let [one, two] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < 40; round++) {
    one = Math.min(one, timed(narrow))
    two = Math.min(two, timed(wide))
    if (round >= 8 && 2 * one > GAIN * two) return true
  }
  return false
}

// The module, by hand: functions without parameters.

const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)])
const int = (value: number): number[] => {
  const more = (rest: number): number[] => (rest < 64 ? [rest] : [(rest & 127) | 128, ...more(rest >> 7)])
  return [0x41, ...more(value)]
}
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const step = (local: number, by: number) => [...get(local), ...int(by), 0x6a, ...set(local)]
const simd = (opcode: number, ...immediates: number[]) => [0xfd, ...leb(opcode), ...immediates]
const load = (pointer: number, offset: number) => [...get(pointer), ...simd(0x00, 4, ...leb(offset))]
const [SPLAT, STORE, MULTIPLY, ADD, GREATER, MULTIPLY_ADD] = [0x09, 0x0b, 0xe6, 0xe4, 0xeb, 0x105]
const range = (count: number) => Array.from({ length: count }, (_, i) => i)

interface Body {
  readonly locals: readonly number[]
  readonly code: readonly number[]
}
/** Four rows by so many vectors of columns. */
function tile(vectors: number, relaxed: boolean): Body {
  const [rows, columns, splat, first] = [0, 1, 2, 3]
  const column = (i: number) => first + i
  const sum = (r: number, i: number) => first + vectors + r * vectors + i
  const product = (r: number, i: number) =>
    relaxed
      ? [...get(splat), ...get(column(i)), ...get(sum(r, i)), ...simd(MULTIPLY_ADD)]
      : [...get(splat), ...get(column(i)), ...simd(MULTIPLY), ...get(sum(r, i)), ...simd(ADD)]
  const body = [
    ...range(vectors).flatMap(i => [...load(columns, COLUMNS + 16 * i), ...set(column(i))]),
    ...range(4).flatMap(r => [
      ...[...get(rows), ...simd(SPLAT, 2, ...leb(ROWS + 4 * r)), ...set(splat)],
      ...range(vectors).flatMap(i => [...product(r, i), ...set(sum(r, i))]),
    ]),
    ...step(columns, 16 * vectors),
    ...step(rows, 16),
  ]
  return {
    locals: [2, 2, 0x7f, 1 + 5 * vectors, 0x7b],
    code: [
      ...[0x03, 0x40, ...body, ...get(rows), ...int(16 * TERMS), 0x49, 0x0d, 0, 0x0b],
      ...range(4).flatMap(r =>
        range(vectors).flatMap(i => [
          ...[...int(SUMS + 16 * (r * vectors + i)), ...get(sum(r, i))],
          ...simd(STORE, 4, 0),
        ]),
      ),
    ],
  }
}
/** `max(x * x + x, 1)` of the row in place, four vectors a pass. */
function row(): Body {
  const [at, x] = [0, 1]
  const one = [0, 1, 2, 3].flatMap(() => [0, 0, 0x80, 0x3f])
  const element = (i: number) => [
    ...[...load(at, ROW + 16 * i), ...set(x + i)],
    ...[...get(at), ...get(x + i), ...get(x + i), ...simd(MULTIPLY), ...get(x + i), ...simd(ADD)],
    ...[...simd(0x0c, ...one), ...simd(GREATER), ...simd(STORE, 4, ...leb(ROW + 16 * i))],
  ]
  const body = [...range(4).flatMap(element), ...step(at, 64)]
  return {
    locals: [2, 1, 0x7f, 4, 0x7b],
    code: [0x03, 0x40, ...body, ...get(at), ...int(END - ROW), 0x49, 0x0d, 0, 0x0b],
  }
}

function probe(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const bodies = { narrow: tile(2, relaxed), wide: tile(4, relaxed), row: row() }
  const list = (items: readonly (readonly number[])[]) => [...leb(items.length), ...items.flat()]
  const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content]
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([[0x60, 0, 0]])),
    ...section(3, list(Object.keys(bodies).map(() => [0]))),
    ...section(5, list([[0, 1]])),
    ...section(7, list([[...name('memory'), 2, 0], ...Object.keys(bodies).map((key, i) => [...name(key), 0, i])])),
    ...section(
      10,
      list(
        Object.values(bodies).map(({ locals, code }) => {
          const content = [...locals, ...code, 0x0b]
          return [...leb(content.length), ...content]
        }),
      ),
    ),
  ])
}
