/**
 * Every kernel of the operation cases, of the reference cases and of whole training steps is accepted by Tint (Chrome, Dawn) and by
 * naga (Firefox); neither needs a GPU. With `QUICK=1`, as `npm test` has it, texts that both have accepted on this machine before are
 * not read again (their digests are kept below `node_modules/.cache`), and programs that only differ in schedules are not made.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as naga from 'naga-wasm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, compileGraphs } from '../../compiler/compile.js'
import { software } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import type { ProgramKernel } from '../../compiler/plan/program.js'
import { imageView, plainImage } from '../../models/augment/image.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import type { Method } from '../../models/methods/method.js'
import { moco } from '../../models/methods/moco.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { train } from '../../models/train.js'
import { buildCase } from '../conformance/case.js'
import { readOracle } from '../conformance/oracle.js'
import { graphOf } from '../device.js'
import { forced } from '../forced.js'
import { cases } from '../ops/cases.js'
import { contractionCases } from '../ops/contraction-cases.js'
import { tintErrors } from './tint.js'

const graphs = [...cases, ...contractionCases].map((each, i) => graphOf(each, i).graph)
/** Whole training steps: convolutions, batch norm, views, a queue, a momentum network, an optimizer. */
const steps = {
  simsiam: simsiam({
    encoder: convnet({ width: 8 }),
    projector: projector(64, { out: 64, batchNorm: true, hidden: 64 }),
    predictor: predictor(64, { hidden: 16 }),
  }),
  moco: moco({ encoder: convnet({ width: 8 }), projector: projector(64, { out: 32, hidden: 64 }), queue: 64 }),
}
const training = Object.entries(steps).flatMap(([name, method]) => {
  const step = entry({ images: u8(['batch', 16, 16, 3]) }, ({ images }) =>
    train(method as Method, sgd({ learningRate: 0.1 }), [
      imageView(images, 'simsiam-cifar'),
      imageView(images, 'simsiam-cifar'),
    ]),
  )
  const embed = entry({ images: u8(['batch', 16, 16, 3]) }, ({ images }) => ({
    y: (method as Method).embed(plainImage(images, 'simsiam-cifar')),
  }))
  return [{}, { target: software }].flatMap(options =>
    compile({ step, embed }, { batch: 16 }, options).kernels.map(kernel => ({
      ...kernel,
      name: `${name} ${kernel.name}`,
    })),
  )
})
const quick = Boolean(process.env.QUICK)
const made: ProgramKernel[] = [
  {},
  { target: software },
  ...(quick ? [] : [{ fusion: false }, { choose: forced.transposed! }]),
]
  .flatMap(options => compileGraphs(graphs, options).kernels)
  .concat(training, quick ? [] : conformanceKernels())
/** Each text once. */
const all = [...new Map(made.map(kernel => [kernel.code, kernel])).values()]

/** What both have accepted, after the compilers that it holds for: of other versions it says nothing. */
const cache = new URL('../../node_modules/.cache/facet/accepted.txt', import.meta.url)
/** Digests that it keeps, some ten times those of one run. */
const KEPT = 20_000
const versionOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
const compilers = `naga-wasm ${versionOf('naga-wasm')}, webgpu ${versionOf('webgpu')}`
const digest = (code: string): string => createHash('sha256').update(code).digest('hex').slice(0, 16)
const [head, ...digests] = existsSync(cache) ? readFileSync(cache, 'utf8').trim().split('\n') : []
const accepted = new Set(head === compilers ? digests : [])
const kernels = quick ? all.filter(({ code }) => !accepted.has(digest(code))) : all

/** Kernels of the reference cases without variables; none where the reference data is not there. */
function conformanceKernels(): ProgramKernel[] {
  const directory = fileURLToPath(new URL('../../../shared/oracle', import.meta.url))
  if (!existsSync(directory)) {
    console.log('../shared/oracle is not there: its kernels are left out')
    return []
  }
  const oracle = readOracle(directory)
  const cases = oracle.cases
    .filter(({ group }) => !['models', 'train', 'optim'].includes(group))
    .map(each => buildCase(each, oracle))
  const graphs = cases.filter(({ state }) => !state).map(({ graph }, i) => ({ ...graph, name: `case${i}` }))
  return compileGraphs(graphs, { target: software }).kernels as ProgramKernel[]
}

test('Tint and naga accept every text', async () => {
  const refused = kernels.flatMap(({ name, code }) => {
    try {
      naga.validate(naga.parseWgsl(code))
      return []
    } catch (error) {
      return [`naga, ${name}: ${(error as Error).message}\n${code}`]
    }
  })
  assert.equal([...refused, ...(await tintErrors(kernels))], [])
  for (const { code } of kernels) accepted.add(digest(code))
  mkdirSync(new URL('.', cache), { recursive: true })
  writeFileSync(cache, `${[compilers, ...[...accepted].slice(-KEPT)].join('\n')}\n`)
})

test('a literal reads back as the same number', async () => {
  const { literalText } = await import('../../compiler/wgsl/expression.js')
  for (const x of [
    0,
    -0,
    1,
    0.1,
    1 / 3,
    1e-38,
    1e-45,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    16777217,
    123456789,
    2 ** -126,
  ]) {
    const text = literalText(x, 'f32')
    assert.ok(Object.is(Math.fround(Number(text.replace(/f$/, ''))), Math.fround(x)), `${x} is printed as ${text}`)
  }
  assert.is(literalText(-Infinity, 'f32'), 'bitcast<f32>(negative_infinity_bits)')
})

test.run()
