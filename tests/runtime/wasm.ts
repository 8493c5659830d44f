/** Programs for the processor by hand: kernels of a module in bytes, as the compiler would print them. */
import type { Program } from '../../compiler/plan/program.js'
import { at, dispatch, f32At } from './programs.js'

// The few instructions that the kernels below are made of.
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const int = (value: number) => [0x41, value]
const float = (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)]
const [load, store, loadInt] = [
  [0x2a, 2, 0],
  [0x38, 2, 0],
  [0x28, 2, 0],
]
const [add, mul, toFloat] = [[0x92], [0x94], [0xb3]]
const [addInt, shl, notLess] = [[0x6a], [0x74], [0x4f]]
const TRAP = [0x00]
/** The places of a kernel begin after its first three parameters. */
const placeOf = (index: number) => index + 3

/** Address of element `task` of a place. */
const element = (place: number) => [...get(placeOf(place)), ...get(0), ...int(2), ...shl, ...addInt]
/** `body` for every task from `begin` to `end`. */
const eachTask = (...body: number[][]) => [
  ...[0x02, 0x40, 0x03, 0x40], // block, loop
  ...[...get(0), ...get(1), ...notLess, 0x0d, 1], // leave
  ...body.flat(),
  ...[...get(0), ...int(1), ...addInt, ...set(0), 0x0c, 0],
  ...[0x0b, 0x0b],
]

interface Kernel {
  readonly name: string
  readonly places: number
  readonly body: readonly number[]
}
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)])
const list = (items: readonly (readonly number[])[]) => [...leb(items.length), ...items.flat()]
const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content]
const name = (text: string) => [...leb(text.length), ...new TextEncoder().encode(text)]

export function moduleOf(kernels: readonly Kernel[]): Uint8Array<ArrayBuffer> {
  const types = kernels.map(({ places }) => [0x60, ...list(Array(placeOf(places)).fill([0x7f])), 0])
  const memory = [...name('facet'), ...name('memory'), 2, 3, 1, ...leb(65536)]
  const exported = kernels.map((_, i) => [...name(`k${i}`), 0, i])
  const bodies = kernels.map(({ body }) => [...leb(body.length + 2), 0, ...body, 0x0b])
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(kernels.map((_, i) => [i]))),
    ...section(7, list(exported)),
    ...section(10, list(bodies)),
  ])
}

const wasmOf = (kernels: readonly Kernel[]): Pick<Program, 'kernels' | 'wasm'> => {
  const module = moduleOf(kernels)
  return {
    kernels: kernels.map(({ name, places }) => ({ name, code: '', bindings: Array(places).fill('read_write') })),
    wasm: { relaxed: module, plain: module, scratch: 0 },
  }
}

/** As `affine` of `programs.ts`, in `tasks` elements: y = a x + b, then b += 1; `init` sets a = seed + 1 and b = 0. */
export function affineOn(tasks: number): Program {
  const bytes = 4 * tasks
  const [x, a, b, y, seed] = [at(0, 0, bytes), at(1, 0, bytes), at(2, 0, bytes), at(3, 0, bytes), at(4, 0, 4)]
  const run = (kernel: number, places: ReturnType<typeof at>[], scope = '') => ({
    ...dispatch(kernel, places, scope),
    workgroups: [tasks, 1, 1] as const,
  })
  return {
    format: 'facet-program/1',
    target: 'cpu',
    ...wasmOf([
      {
        name: 'affine',
        places: 4,
        body: eachTask(
          [...element(3), ...element(0), ...load, ...element(1), ...load, ...mul, ...element(2), ...load, ...add],
          store,
          [...element(2), ...element(2), ...load, ...float(1), ...add, ...store],
        ),
      },
      {
        name: 'start',
        places: 3,
        body: eachTask(
          [...element(1), ...get(placeOf(0)), ...loadInt, ...int(1), ...addInt, ...toFloat, ...store],
          [...element(2), ...float(0), ...store],
        ),
      },
    ]),
    slabs: [bytes, bytes, bytes, bytes, 4],
    variables: [
      { ...f32At('a', 1, 0, [tasks]), kind: 'parameter' },
      { ...f32At('b', 2, 0, [tasks]), kind: 'parameter' },
      { name: 'seed', shape: [], dtype: 'u32', kind: 'state', ...seed },
    ],
    entries: {
      step: {
        inputs: [f32At('x', 0, 0, [tasks])],
        outputs: [f32At('y', 3, 0, [tasks])],
        dispatches: [run(0, [x, a, b, y], 'layer')],
      },
      init: { inputs: [], outputs: [], dispatches: [run(1, [seed, a, b])] },
    },
  }
}

/** One kernel of so many tasks that traps in every one. */
export const trapping = (tasks: number): Program => ({
  format: 'facet-program/1',
  target: 'cpu',
  ...wasmOf([{ name: 'wrong', places: 1, body: eachTask(TRAP) }]),
  slabs: [4],
  variables: [],
  entries: {
    run: {
      inputs: [],
      outputs: [],
      dispatches: [{ ...dispatch(0, [at(0, 0, 4)], 'layer'), workgroups: [tasks, 1, 1] }],
    },
  },
})
