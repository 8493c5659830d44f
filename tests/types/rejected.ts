/**
 * Programs that must not type-check: one statement each, below the line. What a user reads about each of them stands in
 * `rejected.expected.txt`. The declarations above the line are all right.
 */

import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { compile, entry, grad } from '../../compiler/index.js'
import { attention } from '../../compiler/language/attention.js'
import { where } from '../../compiler/language/create.js'
import {
  cdist,
  crossEntropy,
  lerp,
  mean,
  normalize,
  softmax,
  topK,
  variance,
  vectorNorm,
} from '../../compiler/language/math.js'
import { triangularSolve } from '../../compiler/language/matrix.js'
import { diagonal, extend, index, repeat, tile } from '../../compiler/language/movement.js'
import { einsum, rearrange, reducePattern } from '../../compiler/language/pattern.js'
import { gridSample } from '../../compiler/language/sample.js'
import { sequential } from '../../compiler/language/sequential.js'
import { conv1d, unfold } from '../../compiler/language/window.js'
import {
  add,
  any,
  argmax,
  avgPool2d,
  bitAnd,
  broadcastTo,
  cast,
  concat,
  concatAll,
  conv2d,
  convTranspose2d,
  cumsum,
  dot,
  embedding,
  equal,
  expandDims,
  flatten,
  flip,
  gather,
  greater,
  iota,
  logicalAnd,
  logicalNot,
  matmul,
  maxPool2d,
  mul,
  oneHot,
  outer,
  pad,
  permute,
  refine,
  relu,
  reshape,
  roll,
  scatter,
  scatterAdd,
  segmentSum,
  select,
  slice,
  sort,
  split,
  square,
  squeeze,
  stack,
  stopGradient,
  sum,
  take,
  transpose,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { DType } from '../../compiler/types/tensor.js'
import { resnet18 } from '../../models/encoders/resnet.js'
import { predictor, projector } from '../../models/heads.js'
import { transformerBlock } from '../../models/layers/attention.js'
import { embed as table } from '../../models/layers/embed.js'
import { gru } from '../../models/layers/recurrent.js'
import { batchNorm, conv, linear } from '../../models/layers.js'
import { clipLoss } from '../../models/losses/contrast.js'
import { meanSquaredError, softmaxFocal } from '../../models/losses/supervised.js'
import { cosineSimilarity, infoNCE, negativeCosine, ntXent } from '../../models/losses.js'
import { simsiam } from '../../models/methods/simsiam.js'

declare function input<const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Stopped<S, D>
declare function generic(body: unknown): void
declare function weight<const S extends Shape>(shape: S): Tensor<S, 'f32', 'flows'>

const x = input(['batch', 784])
const maps = input(['batch', 512, 7, 7])
const q = input(['batch', 2, 12, 8])
const images = input(['batch', 3, 32, 32])
const pixels = input(['batch', 32, 32, 3], 'u8')
const labels = input(['batch'], 'i32')
const p = dot(x, weight([784, 128]))
const narrow = weight(['batch', 64])
const encoder = resnet18({ stem: 'cifar' })
const embed = entry({ images: ['batch', 3, 32, 32] }, ({ images }) => ({ features: encoder(images) }))

// ---------------------------------------------------------------------------------------------------------------------

// Products
dot(x, input([28, 128]))
matmul(input([8, 10, 64]), input([8, 10, 64]))

// Elementwise
add(input([4, 3]), input([4]))
add(x, input(['seq', 784]))
mul(x, cast(x, 'f16'))
add(pixels, input(['batch', 32, 32, 3]))
relu(labels)
select(x, x, 0)
lerp(x, x, input(['batch', 3]))

// Reductions and movement
sum(x, 2)
mean(x, [0, -3])
permute(x, [0, 0])
reshape(maps, ['batch', 25087])
reshape(maps, ['n', 25088])
reshape(input([32, 64]), [48, -1])
concat(x, input(['batch', 28]), 0)
concat(x, x, 2)
concat(x, q, 1)
add(flatten(maps), weight([25000]))

squeeze(x, 1)
stack([x, input(['batch', 28])])
split(x, 3, 1)
slice(x, 2, 0, 1)
split(x, 0, 1)
index(x, 1, 784)
index(x, 1, -785)
iota([3, 4], 2)
pad(x, [[1, 1]])
broadcastTo(x, ['batch', 28])
refine(x, 784)

// Masks and conditions
where(equal(x, 0), x, input(['batch', 28]))
attention(q, q, q, { mask: greater(input(['batch', 12]), 0) })
attention(q, q, q, { mask: relu(input(['batch', 1, 1, 12])) })
attention(q, input(['batch', 2, 12, 9]), q)
logicalAnd(x, equal(x, 0))
any(x)

// Generic code
generic(<S extends Shape>(y: Tensor<S, 'f32'>) => add(y, input([3])))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => matmul(y, y))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => add(y, input([4, 1, 3])))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>): Tensor<[B], 'f32'> => sum(y, 0))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>): Tensor<[D, B], 'f32'> => add(y, 1))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => sum(y, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => mean(y, [0, -3]))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => argmax(y, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => softmax(y, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => concat(y, y, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => slice(y, 2, 0, 1))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => squeeze(y, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => index(y, 2, 0))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => gather(y, cast(y, 'i32'), 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => take(y, cast(sum(y, 1), 'i32'), 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => expandDims(y, 4))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => split(y, 2, 2))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => stack([y, transpose(y)]))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => permute(y, [0, 0]))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => attention(y, y, transpose(y)))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => attention(y, transpose(y), y))
generic(<B extends Shape, D extends Dim>(y: Tensor<[...B, D], 'f32'>) => mean(y, -3))
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => concat(y, transpose(y), 1))

// Windows and indices
conv2d(maps, weight([64, 3, 3, 3]))
conv2d(maps, weight([64, 512, 9, 9]))
maxPool2d(maps, 9)
embedding(weight([1000, 64]), x)
scatterAdd(x, input(['batch'], 'i32'), 1, 10)
gather(x, input(['batch'], 'i32'), 1)
gather(x, x, 1)
topK(x, 785)
oneHot(x, 10)
avgPool2d(x, 2)
conv1d(maps, weight([64, 512, 3]))
gridSample(images, input(['batch', 5, 6, 3]))

// Sizes that a list or a product needs
stack([x, x, input(['batch', 784, 1])])
stack([x, x], 3)
concatAll([x, x, input(['n', 784])], 1)
matmul(input([4, 10, 64]), input([3, 64, 12]))
matmul(x, input([28, 10]))
matmul(input([4]), input([4, 2]))
outer(x, labels)
tile(x, ['a'])
extend(
  x,
  [
    [0, 0],
    [1, 1],
    [2, 2],
  ],
  'edge',
)
extend(x, [[1, 1]], 'mirror')
attention(q, q, input(['batch', 2, 11, 8]))
attention(labels, q, q)
cdist(input([4, 3]), input([5, 2]))
diagonal(labels)
triangularSolve(input([3, 3]), input([4, 2]))

// Conditions, indices and masks
select(greater(input(['n', 784]), 0), x, 0)
where(greater(x, 0), x, labels)
where(labels, x, 0)
scatterAdd(x, input(['batch', 3], 'i32'), 1, 10)
scatterAdd(x, x, 1, 10)
scatter(x, input([1, 5], 'i32'), input(['batch', 4]), 1)
segmentSum(x, input(['n'], 'i32'), 10)
segmentSum(x, x, 10)
take(x, x)
take(x, labels, 2)
index(x, 2, 0)
topK(x, 0)
topK(labels, 1)
sort(x, 2)
argmax(x, 2)
cumsum(x, -3)
roll(x, 1, 2)
flip(x, 2)
repeat(x, 2, 2)
bitAnd(x, 1)
logicalNot(x)
select(sum(x), x, 0)
scatter(x, x, x, 1)
expandDims(x, 4)
transpose(labels)
reducePattern(x, 'b c d -> b', 'mean')
unfold(images, 40)
conv2d(images, weight([8, 3, 3]))
convTranspose2d(images, weight([4, 8, 2, 2]))
sum(x, 0.5)

// Patterns
einsum(input(['batch', 10, 64]), input(['batch', 12, 32]), 'b i d, b j d -> b i j')
einsum(x, x, 'b i, b i -> b k')
rearrange(x, 'b (h w) -> b h w', { h: 27 })
rearrange(x, 'b h w -> b (h w)')
rearrange(x, 'b c -> b')
rearrange(x, 'b c, c b')

// Gradients
grad(x, { weight: weight([784, 128]) })
negativeCosine(p, p)
negativeCosine(p, stopGradient(dot(x, weight([784, 64]))))
infoNCE(p, stopGradient(p), weight([4096, 128]))
negativeCosine(p, grad(mean(square(dot(p, weight([128, 8])))), { p }).p)

// Losses
crossEntropy(p, input(['n'], 'i32'))
crossEntropy(p, p)
normalize(x, 2)
variance(labels)
vectorNorm(x, 3)
cosineSimilarity(x, p)
ntXent(p, narrow)
clipLoss(p, narrow, weight([]))
meanSquaredError(p, narrow)
infoNCE(p, stopGradient(p), input([4096, 64]))
softmaxFocal(p, input(['n'], 'i32'))
lerp(p, narrow, 0.5)
gru(64, 32)(input(['batch', 10, 63]))
gru(64, 32)(narrow)
transformerBlock(64, { heads: 4 })(input(['batch', 10, 63]))
table(1000, 64)(x)
generic(<B extends Dim, D extends Dim>(y: Tensor<[B, D], 'f32'>) => ntXent(y, transpose(y)))

// Layers
linear(512, 128)(p)
conv(1, 8, 3)(images)
batchNorm(256)(encoder(images))
sequential(linear(512, 256), linear(300, 128))
sequential(linear(512, 256), batchNorm(256), relu, linear(300, 128))
sequential(linear(512, 256), expandDims)
projector(256, { out: 128 })(encoder(images))
resnet18({ stem: 'small' })
simsiam({ encoder, projector: projector(256, { out: 2048 }), predictor: predictor(2048, { hidden: 512 }) })
simsiam({ encoder, projector: projector(512, { out: 2048 }), predictor: predictor(1024, { hidden: 512 }) })

// Programs
entry({ images: ['batch', 3, 32, 32] }, ({ image }) => ({ features: encoder(image) }))
compile({ embed }, {})
compile({ embed }, { bach: 256 })
compile({ embed }, { batch: '256' })
