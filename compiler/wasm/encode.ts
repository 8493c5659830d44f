/** The binary format of WebAssembly: numbers, sections, and a module of functions over one imported memory. */
import type { Code, Engine } from './code.js'

export const VALUE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b } as const
export type Value = keyof typeof VALUE

/** Unsigned and signed LEB128. */
export function unsigned(n: number, to: number[] = []): number[] {
  let rest = n
  for (; rest > 127; rest = Math.floor(rest / 128)) to.push((rest % 128) | 128)
  to.push(rest)
  return to
}
export function signed(n: number, to: number[] = []): number[] {
  let rest = n | 0
  for (;;) {
    const low = rest & 127
    rest >>= 7
    if ((rest === 0 && !(low & 64)) || (rest === -1 && low & 64)) {
      to.push(low)
      return to
    }
    to.push(low | 128)
  }
}

const floats = new DataView(new ArrayBuffer(4))
export function float(x: number, to: number[] = []): number[] {
  floats.setFloat32(0, x, true)
  for (let i = 0; i < 4; i++) to.push(floats.getUint8(i))
  return to
}

const text = (s: string): number[] => {
  const bytes = [...new TextEncoder().encode(s)]
  return [...unsigned(bytes.length), ...bytes]
}

export interface WasmFunction {
  readonly name: string
  /** All parameters are i32, and nothing is returned. */
  readonly parameters: number
  readonly code: Code
}

/** Pages of 64 KiB that a memory of 32-bit addresses has at most. */
const MOST_PAGES = 65536

/** A module that exports functions and imports its memory, shared, as `facet` `memory`. */
export function moduleOf(functions: readonly WasmFunction[], engine: Engine): Uint8Array<ArrayBuffer> {
  const arities = [...new Set(functions.map(({ parameters }) => parameters))]
  const parts: (readonly number[])[] = [[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]]
  /** Each item may be in several pieces. */
  const section = (id: number, items: readonly (readonly (readonly number[])[])[]): void => {
    const count = unsigned(items.length)
    const pieces = items.flat()
    parts.push([id, ...unsigned(lengthOf(pieces) + count.length), ...count], ...pieces)
  }
  section(
    1,
    arities.map(n => [[0x60, ...unsigned(n), ...new Array<number>(n).fill(VALUE.i32), 0]]),
  )
  section(2, [[[...text('facet'), ...text('memory'), 0x02, 0x03, 1, ...unsigned(MOST_PAGES)]]])
  section(
    3,
    functions.map(({ parameters }) => [unsigned(arities.indexOf(parameters))]),
  )
  section(
    7,
    functions.map(({ name }, i) => [[...text(name), 0x00, ...unsigned(i)]]),
  )
  section(
    10,
    functions.map(({ code }) => {
      const runs: [number, Value][] = []
      for (const type of code.locals) {
        const last = runs.at(-1)
        if (last?.[1] === type) last[0]++
        else runs.push([1, type])
      }
      const head = [...unsigned(runs.length), ...runs.flatMap(([n, type]) => [...unsigned(n), VALUE[type]])]
      const pieces = [head, code.bytes(engine), [0x0b]]
      return [unsigned(lengthOf(pieces)), ...pieces]
    }),
  )
  const bytes = new Uint8Array(lengthOf(parts))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const lengthOf = (parts: readonly (readonly number[])[]): number => parts.reduce((sum, { length }) => sum + length, 0)
