/** Small programs by hand, and a device that is the same everywhere. */
import type { Dispatch, Program, Stored } from '../../compiler/plan/program.js'
import { openDevice, type WebGpuDevice } from '../../runtime/node.js'

/** For kernels in WGSL: the software driver from npm, unless `FACET_ADAPTER` says otherwise. */
export const testDevice = async (): Promise<WebGpuDevice> =>
  (await openDevice(process.env.FACET_ADAPTER ? {} : { adapter: 'swiftshader' })) as WebGpuDevice

export const at = (slab: number, offset: number, bytes: number) => ({ slab, offset, bytes })
export const f32At = (name: string, slab: number, offset: number, shape: readonly number[]): Stored => ({
  name,
  shape,
  dtype: 'f32',
  ...at(slab, offset, 4 * shape.reduce((a, b) => a * b, 1)),
})
export const dispatch = (kernel: number, bindings: Dispatch['bindings'], scope = ''): Dispatch => ({
  kernel,
  bindings,
  workgroups: [1, 1, 1],
  scope,
  flops: 1,
  bytes: 1,
})

const [x, a, b, y, seed] = [at(0, 0, 16), at(1, 0, 16), at(1, 256, 16), at(2, 0, 16), at(3, 0, 4)]
/**
 * y = a x + b with variables a, b of shape [4]; then b += 1. `init` sets a = seed + 1 and b = 0. The two variables share
 * a slab, so every binding of it in one dispatch is read_write.
 */
export const affine: Program = {
  format: 'facet-program/1',
  target: 'portable',
  kernels: [
    {
      name: 'affine',
      bindings: ['read', 'read_write', 'read_write', 'read_write'],
      code: `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  y[i] = a[i] * x[i] + b[i];
  b[i] += 1.0;
}`,
    },
    {
      name: 'start',
      bindings: ['read', 'read_write', 'read_write'],
      code: `@group(0) @binding(0) var<storage, read> seed: array<u32>;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  a[i] = f32(seed[0] + 1u);
  b[i] = 0.0;
}`,
    },
  ],
  slabs: [16, 512, 16, 4],
  variables: [
    { ...f32At('a', 1, 0, [2, 2]), kind: 'parameter' },
    { ...f32At('b', 1, 256, [4]), kind: 'parameter' },
    { name: 'seed', shape: [], dtype: 'u32', kind: 'state', ...seed },
  ],
  entries: {
    step: {
      inputs: [f32At('x', 0, 0, [4])],
      outputs: [f32At('y', 2, 0, [2, 2])],
      dispatches: [dispatch(0, [x, a, b, y], 'layer')],
    },
    init: { inputs: [], outputs: [], dispatches: [dispatch(1, [seed, a, b])] },
  },
}

/** One entry `copy` that returns its input of the given dtype: word by word. */
export function copyProgram(dtype: Stored['dtype'], shape: readonly number[], words: number): Program {
  const tensor = { shape, dtype }
  const [from, to] = [at(0, 0, 4 * words), at(1, 0, 4 * words)]
  return {
    format: 'facet-program/1',
    target: 'portable',
    kernels: [
      {
        name: 'copy',
        bindings: ['read', 'read_write'],
        code: `@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { if (id.x < ${words}u) { y[id.x] = x[id.x]; } }`,
      },
    ],
    slabs: [4 * words, 4 * words],
    variables: [],
    entries: {
      copy: {
        inputs: [{ name: 'x', ...tensor, ...from }],
        outputs: [{ name: 'y', ...tensor, ...to }],
        dispatches: [{ ...dispatch(0, [from, to]), workgroups: [Math.ceil(words / 64), 1, 1] }],
      },
    },
  }
}
