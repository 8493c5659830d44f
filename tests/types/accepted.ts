/**
 * Programs that must type-check, with the exact types of their results: what a user sees when hovering. Checked by `tsc`,
 * never run. Library code that is generic in its sizes is in `generic.ts`.
 */

import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { compile, entry, grad, u8 } from '../../compiler/index.js'
import { logaddexp } from '../../compiler/language/activation.js'
import { attention as attend } from '../../compiler/language/attention.js'
import { arange, eye, ones, tensor, where, zeros } from '../../compiler/language/create.js'
import {
  cdist,
  crossEntropy,
  logsumexp,
  mean,
  normalize,
  softmax,
  variance,
  vectorNorm,
} from '../../compiler/language/math.js'
import { triangularSolve } from '../../compiler/language/matrix.js'
import { module, twin } from '../../compiler/language/module.js'
import { diagonal, index, repeat, tile } from '../../compiler/language/movement.js'
import { einsum, rearrange, reducePattern } from '../../compiler/language/pattern.js'
import { type ImageLayer, type Layer, sequential } from '../../compiler/language/sequential.js'
import { conv1d } from '../../compiler/language/window.js'
import {
  add,
  avgPool2d,
  cast,
  concat,
  concatAll,
  constant,
  conv2d,
  div,
  dot,
  embedding,
  equal,
  expandDims,
  flatten,
  gather,
  iota,
  matmul,
  maxPool2d,
  mul,
  oneHot,
  pad,
  permute,
  refine,
  relu,
  reshape,
  segmentSum,
  select,
  slice,
  split,
  square,
  squeeze,
  stack,
  stopGradient,
  sub,
  sum,
  transpose,
} from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import type { DType, Gradient } from '../../compiler/types/tensor.js'
import { convnet } from '../../models/encoders/convnet.js'
import { resnet18 } from '../../models/encoders/resnet.js'
import { predictor, projector } from '../../models/heads.js'
import { batchNorm, conv, convTranspose, dropout, globalAveragePool, layerNorm, linear } from '../../models/layers.js'
import { negativeCosine } from '../../models/losses.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function is<Expected>(): <Actual>(
  actual: Actual & (Equal<Actual, Expected> extends true ? unknown : { expected: Expected }),
) => void
declare function input<const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Stopped<S, D>
declare function weight<const S extends Shape>(shape: S): Tensor<S, 'f32', 'flows'>
type F32<S extends Shape, G extends Gradient = Gradient> = Tensor<S, 'f32', G>

const x = input(['batch', 784])
const maps = input(['batch', 512, 7, 7])
const images = input(['batch', 3, 32, 32])

// Elementwise: broadcasting, numbers on either side, dtypes, gradient flow

is<F32<['batch', 128]>>()(relu(add(dot(x, weight([784, 128])), weight([128]))))
is<Stopped<[4, 3, 5]>>()(add(input([4, 1, 5]), input([3, 1])))
is<Stopped<['batch', 8]>>()(mul(input(['batch', 1]), input([8])))
is<Stopped<[2, 3]>>()(sub(input([2, 3]), input([])))
is<Stopped<['batch', 784]>>()(add(x, 1))
is<F32<[784], 'flows'>>()(div(1, weight([784])))
is<F32<[784]>>()(add(weight([784]), input([784])))
is<Stopped<['batch', 784], 'f16'>>()(cast(x, 'f16'))
is<Stopped<['batch', 784], 'bool'>>()(equal(x, 0))
is<Stopped<['batch', 784]>>()(select(equal(x, 0), 1, x))
is<Stopped<['batch'], 'i32'>>()(add(input(['batch'], 'i32'), 1))

// Reductions

is<Stopped<[]>>()(sum(x))
is<Stopped<['batch']>>()(sum(x, 1))
is<Stopped<['batch', 1]>>()(sum(x, -1, { keepdims: true }))
is<Stopped<[3]>>()(sum(input([2, 3, 4, 5]), [0, 2, 3]))
is<Stopped<[]>>()(mean(x))
is<Stopped<['batch', 512]>>()(mean(maps, [2, 3]))
is<Stopped<[1, 784]>>()(variance(x, 0, { keepdims: true }))
is<Stopped<['batch']>>()(logsumexp(x, -1))
is<Stopped<['batch', 784]>>()(softmax(normalize(x)))
is<F32<[], 'stopped'>>()(crossEntropy(x, input(['batch'], 'i32')))
is<F32<[], 'stopped'>>()(crossEntropy(input(['batch', 6, 10]), input(['batch', 6], 'i32'), { ignore: -1 }))
is<Stopped<['n', 'm']>>()(cdist(input(['n', 3]), input(['m', 3])))

// Movement

is<Stopped<[3, 'batch', 2]>>()(permute(input(['batch', 2, 3]), [2, 0, 1]))
is<Stopped<['batch', 8, 4, 6]>>()(transpose(input(['batch', 8, 6, 4])))
is<Stopped<['batch', 25088]>>()(flatten(maps))
is<Stopped<['batch', 25088]>>()(reshape(maps, ['batch', -1]))
is<Stopped<['batch*49', 512]>>()(reshape(maps, [-1, 512]))
is<Stopped<['batch*2', 512]>>()(reshape(input(['batch', 1024]), [-1, 512]))
is<Stopped<[number, 768]>>()(reshape(input(['batch', 1024]), [-1, 768]))
is<Stopped<['batch', 14, 14, 768]>>()(reshape(input(['batch*196', 768]), ['batch', 14, 14, 768]))
is<Stopped<['batch', 784, 1]>>()(expandDims(x, -1))
is<Stopped<['batch']>>()(squeeze(input(['batch', 1]), 1))
is<Stopped<['batch*2', 784]>>()(concat(x, x, 0))
is<Stopped<['batch', 1568]>>()(concat(x, x, -1))
is<Stopped<['batch', 2352]>>()(concatAll([x, x, x], 1))
is<Stopped<['a+b', 4]>>()(concat(input(['a', 4]), input(['b', 4]), 0))
is<Stopped<['batch', 3, 784]>>()(stack([x, x, x], 1))
is<Stopped<[number, 'batch', 784]>>()(stack([x, x] as Stopped<['batch', 784]>[]))
is<Stopped<[2, 'batch', 784]>>()(reshape(concat(x, x, 0), [2, 'batch', 784]))
is<Stopped<['batch', 6]>>()(slice(x, 1, 4, 10))
is<Stopped<['batch', 10]>>()(slice(x, 1, 0, 10))
is<Stopped<['batch', number]>>()(slice(x, 1, 4))
is<Stopped<[number, 784]>>()(slice(x, 0, 1, -1))
is<[Stopped<['batch', 392]>, Stopped<['batch', 392]>]>()(split(x, 2, 1))
is<Stopped<['batch', 786]>>()(
  pad(x, [
    [0, 0],
    [1, 1],
  ]),
)

// Products, windows, indices, patterns

is<Stopped<['batch', 8, 10, 12]>>()(matmul(input(['batch', 8, 10, 64]), input(['batch', 8, 64, 12])))
const stem = conv2d(input(['batch', 3, 224, 224]), input([64, 3, 7, 7]), { stride: 2, padding: 3 })
is<Stopped<['batch', 64, 112, 112]>>()(stem)
is<Stopped<['batch', 64, 56, 56]>>()(maxPool2d(stem, 3, { stride: 2, padding: 1 }))
is<Stopped<['batch', 64, 109, 109]>>()(conv2d(stem, input([64, 1, 4, 4]), { groups: 64 }))
is<Stopped<[1, 8, number, number]>>()(conv2d(input([1, 3, 'h', 'w']), input([8, 3, 3, 3])))
is<Stopped<['batch', 3, 16, 16]>>()(avgPool2d(images, 2))
is<Stopped<['nodes', 3]>>()(segmentSum(input(['edges', 3]), input(['edges'], 'i32'), 'nodes'))
is<F32<['batch', 64], 'flows'>>()(embedding(weight([1000, 64]), input(['batch'], 'i32')))
is<Stopped<['batch', 10]>>()(oneHot(input(['batch'], 'i32'), 10))
is<Stopped<['batch', 5]>>()(gather(x, input(['batch', 5], 'i32'), 1))
is<Stopped<['batch', 10, 12]>>()(einsum(input(['batch', 10, 64]), input(['batch', 12, 64]), 'b i d, b j d -> b i j'))
is<Stopped<['batch', 64, 48]>>()(rearrange(images, 'b c (h p) (w q) -> b (h w) (p q c)', { p: 4, q: 4 }))
is<Stopped<['batch', 3]>>()(reducePattern(images, 'b c h w -> b c', 'mean'))
is<Stopped<[3, 4]>>()(constant(0, [3, 4]))
is<Stopped<[3, 4], 'i32'>>()(iota([3, 4], 0))

const q = input(['batch', 8, 10, 64])
is<Stopped<['batch', 8, 10, 32]>>()(
  attend(q, input(['batch', 8, 12, 64]), input(['batch', 8, 12, 32]), { causal: true }),
)
is<Stopped<['batch', 8, 6]>>()(conv1d(input(['batch', 3, 13]), input([8, 3, 3]), { stride: 2 }))
is<Stopped<['batch', 1]>>()(vectorNorm(x, -1, { keepdims: true }))
is<Stopped<['batch*2', 784]>>()(tile(x, [2, 1]))
is<Stopped<['batch', 1568]>>()(repeat(x, 2, -1))
is<Stopped<['batch', 7]>>()(diagonal(input(['batch', 7, 9])))
is<Stopped<['n', 'm']>>()(triangularSolve(input(['n', 'n']), input(['n', 'm'])))
is<Stopped<['batch', 784]>>()(logaddexp(x, input([784])))

// Tensors from shapes and data

is<Stopped<['batch', 3]>>()(zeros(['batch', 3]))
is<Stopped<[2], 'i32'>>()(ones([2], 'i32'))
is<Stopped<[5], 'i32'>>()(arange(5))
is<Stopped<['batch'], 'i32'>>()(arange('batch'))
is<Stopped<[3, 3]>>()(eye(3))
is<Stopped<[]>>()(tensor(1))
is<Stopped<[2, 3]>>()(
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
)
is<Stopped<[2], 'bool'>>()(tensor([1, 0], 'bool'))
is<Stopped<[number], 'i32'>>()(tensor(new Int32Array(2)))
is<Stopped<['batch', 784]>>()(where(equal(x, 0), x, 1))
is<Stopped<['batch']>>()(index(x, -1, 4))

// The way out: no shape, no check. And sizes that types do not know agree with any and take what the other operand knows.

const any: Tensor = x
is<Tensor<any, DType, Gradient>>()(add(any, any))
permute(any, [0, 2, 1])
reshape(concat(any, x as Tensor, 0), ['batch', 3])
rearrange(any, 'b c -> c b')
einsum(any, any, 'a b, b c -> a c')
const some = input([4 as number, 8])
is<Stopped<[4, 8]>>()(add(some, input([4, 8])))
is<Stopped<[4, 16]>>()(concat(some, input([4, 8]), 1))
is<Stopped<[number, 3]>>()(dot(some, input([8, 3])))
is<Stopped<['n', 8]>>()(refine(some, ['n', 8]))

// Layers, encoders, heads

is<Layer<512, 128>>()(sequential(linear(512, 2048), batchNorm(2048), relu, dropout(0.1), linear(2048, 128)))
is<Layer<512, 512>>()(sequential(relu, layerNorm(512), softmax))
is<ImageLayer<3, 64>>()(sequential(conv(3, 32, 3), batchNorm(32), relu, conv(32, 64, 3, { stride: 2 })))
is<F32<['batch', 14, 64]>>()(linear(32, 64)(input(['batch', 14, 32])))
is<F32<['batch', 64, 16, 16]>>()(conv(3, 64, 3, { stride: 2, padding: 1 })(images))
is<F32<['batch', 64, number, number]>>()(conv(3, 64, 3)(input(['batch', 3, 'h', 'w'])))
is<F32<['batch', 8, 16, 30]>>()(conv(3, 8, [3, 5], { stride: [2, 1], padding: [1, 1] })(images))
is<F32<['batch', 8, 92]>>()(conv(1, 8, [9])(input(['batch', 1, 100])))
is<F32<['batch', 3, 64, 64]>>()(convTranspose(8, 3, 2, { stride: 2 })(input(['batch', 8, 32, 32])))
is<Stopped<['batch', 8, 30, 30]>>()(twin(conv(3, 8, 3))(images))
is<Stopped<['batch', 3, 32, 32]>>()(twin(batchNorm(3))(images))
is<F32<['batch', 3, 32, 32]>>()(batchNorm(3)(images))
is<Stopped<['batch', 3]>>()(globalAveragePool(images))
const encoder = resnet18({ stem: 'cifar' })
is<F32<['batch', 512]>>()(encoder(images))
is<512>()(encoder.features)
is<F32<['batch', 128]>>()(convnet()(images))
is<F32<['batch', 64]>>()(convnet({ width: 32, stages: 2, channels: 1 })(input(['batch', 1, 28, 28])))
const project = projector(encoder.features, { out: 2048, layers: 3, batchNorm: true, lastBatchNorm: true })
is<Layer<512, 2048>>()(project)
is<Layer<2048, 2048>>()(predictor(2048, { hidden: 512 }))

is<Layer<8, 8>>()(sequential(...[linear(8, 8), relu, linear(8, 8)]))
is<Layer<3, 8>>()(sequential(...[linear(3, 8), relu, linear(8, 8)]))
is<Layer<8, 8>>()(sequential(...[2, 3, 4].map(() => linear(8, 8))))
is<Layer<number, 8>>()(sequential(...([linear(3, 8), linear(8, 8)] as (Layer<3, 8> | Layer<8, 8>)[])))
// Modules of one's own take and give what they say; the layers about them are checked.
const own = module(({ use }) => {
  const { first, all } = use({ first: linear(8, 8), all: [linear(8, 4), linear(8, 4)] })
  is<Layer<8, 8>>()(first)
  is<Layer<8, 4>[]>()(all)
  return (x: Tensor<['batch', 8], 'f32'>) => add(x, first(x))
})
is<Layer<3, 2>>()(sequential(linear(3, 8), own, linear(8, 2)))

// What a result is used for says nothing of numbers that it is computed with.
declare function returned<T extends Tensor>(make: () => T): T
is<Stopped<['batch', 784]>>()(returned(() => add(x, mul(x, 2))))
is<Stopped<['batch', 784]>>()(returned(() => select(equal(x, 0), 0, x)))
is<Stopped<['batch', 3]>>()(returned(() => zeros(['batch', 3])))

// Gradient flow: a gradient depends on all that its loss does, and what leaves a twin is stopped where what enters is.

const rows = input(['batch', 8])
is<F32<['batch', 8]>>()(grad(sum(square(dot(rows, weight([8, 8])))), { rows }).rows)
is<Stopped<['batch', 8]>>()(grad(sum(square(rows)), { rows }).rows)
is<Stopped<['batch', 8]>>()(twin(linear(8, 8))(rows))
is<F32<['batch', 8], 'flows'>>()(twin(linear(8, 8))(dot(weight(['batch', 4]), weight([4, 8]))))
is<Stopped<['batch', 512]>>()(twin(encoder)(images))

// Programs

const step = entry({ left: ['batch', 3, 32, 32], right: u8(['batch', 32, 32, 3]) }, ({ left, right }) => {
  is<Stopped<['batch', 3, 32, 32]>>()(left)
  is<Stopped<['batch', 32, 32, 3], 'u8'>>()(right)
  const other = rearrange(mul(cast(right, 'f32'), 1 / 255), 'b h w c -> b c h w')
  const p = project(encoder(left))
  const z = project(encoder(other))
  const w = weight([8, 4])
  is<{ readonly w: Tensor<[8, 4], 'f32', 'flows'> }>()(grad(sum(w), { w }))
  return { loss: negativeCosine(p, stopGradient(z)) }
})
compile({ step }, { batch: 256 })
compile(
  { step, embed: entry({ images: ['n', 3, 32, 32] }, ({ images }) => ({ y: encoder(images) })) },
  { batch: 256, n: 1 },
)
