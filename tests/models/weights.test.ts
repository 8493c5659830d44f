/** Importing weights: a file of another session's variables, reference data under torchvision's names, and what is refused. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { entry } from '../../compiler/language/entry.js'
import { type Module, module } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { resnet, resnet18 } from '../../models/encoders/resnet.js'
import { importWeights } from '../../models/weights.js'
import {
  BadInput,
  load,
  type Output,
  readSafetensors,
  type Session,
  type Tensors,
  writeSafetensors,
} from '../../runtime/node.js'
import { valuesOf } from '../conformance/models.js'
import { readOracle } from '../conformance/oracle.js'
import { closeTestDevice, testDevice } from '../device.js'
import { numbers } from './modules.js'

test.after(closeTestDevice)

const shaped = (values: Float32Array | Int32Array, shape: readonly number[]) =>
  Object.assign(values, { shape }) as Output
const renamed = (tensors: Tensors, name: (old: string) => string): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([old, tensor]) => [name(old), tensor]))

/** A loaded program that embeds images with `encoder`, which is mounted as `encoder`. */
async function embedder(encoder: Module, shape: number[]): Promise<Session> {
  const net: any = module(({ use }) => use('encoder', encoder) as any)
  const embed = entry({ images: shape }, ({ images }) => ({
    features: evaluating(() => net(images)) as Untyped,
  }))
  return load(await testDevice(), compile({ embed }, {}))
}
const embedded = async (session: Session, images: Float32Array) =>
  [...(await session.call('embed', { images })).features!] as number[]

const shape = [2, 3, 8, 8]
const images = Float32Array.from(numbers(2 * 3 * 8 * 8, 1))

/** The weights of a session as a file of torchvision's would hold them: with a classifier and PyTorch's counters, 64-bit scalars. */
async function torchvisionTensors(session: Session): Promise<Tensors> {
  const { seed, step, ...weights } = await session.readVariables()
  const text = writeSafetensors({
    ...renamed(weights, name => name.replace('encoder.', '')),
    'fc.weight': shaped(new Float32Array(80), [5, 16]),
    'fc.bias': shaped(new Float32Array(5), [5]),
    'bn1.num_batches_tracked': shaped(Int32Array.of(7, 0), [2]),
  }).reduce((text, byte) => text + String.fromCharCode(byte), '')
  const wide = text.replace('"I32","shape":[2]', '"I64","shape":[] ')
  assert.not.equal(wide, text)
  return readSafetensors(Uint8Array.from(wide, character => character.charCodeAt(0))).tensors
}

let small: Promise<Session> | undefined
/** One small network as `encoder`, for all tests, with new initial values. */
async function fresh(seed: number): Promise<Session> {
  const session = await (small ??= embedder(resnet18({ stem: 'cifar', width: 2 }), shape))
  session.writeVariables({ seed: Uint32Array.of(seed) })
  session.run('init')
  return session
}

test("another session's weights come back from a file, below a prefix there and a path here", async () => {
  const tensors = await torchvisionTensors(await fresh(1))
  const features = await embedded(await fresh(1), images)
  assert.equal([...tensors['bn1.num_batches_tracked']!], [7])

  const session = await fresh(2)
  assert.not.equal(await embedded(session, images), features)
  const written = importWeights(session, tensors, { to: 'encoder', ignore: ['fc'] })
  assert.is(written.length, 100) // 20 convolutions, 20 norms of 4 variables
  assert.ok(written.includes('encoder.layer2.0.downsample.1.running_var'))
  assert.equal(await embedded(session, images), features)

  // As MoCo's authors name them, beside tensors of other parts.
  const checkpoint = {
    ...renamed(tensors, name => `module.encoder_q.${name}`),
    'module.queue': shaped(new Float32Array(4), [4]),
  }
  await fresh(3)
  importWeights(session, checkpoint, { to: 'encoder', prefix: 'module.encoder_q', ignore: ['fc.weight', 'fc.bias'] })
  assert.equal(await embedded(session, images), features)

  // The whole program has the path of the encoder in its names.
  await fresh(4)
  assert.is(
    importWeights(
      session,
      renamed(tensors, name => `encoder.${name}`),
      { ignore: ['encoder.fc'] },
    ).length,
    100,
  )
  assert.equal(await embedded(session, images), features)
})

test('what does not fit is said in full, and nothing is written', async () => {
  const session = await fresh(1)
  const tensors = await torchvisionTensors(session)
  await fresh(2)
  const before = await embedded(session, images)
  const refuses = (given: Tensors, options: Parameters<typeof importWeights>[2], ...words: (string | RegExp)[]) => {
    try {
      importWeights(session, given, options)
    } catch (error) {
      assert.instance(error, BadInput)
      const { message } = error as Error
      for (const word of words) assert.ok(message.match(word), `"${message}" does not say ${word}`)
      return
    }
    assert.unreachable(`accepted, expected ${words}`)
  }
  const fc = ['fc']
  refuses(
    tensors,
    { to: 'encoder' },
    /^the weights do not fit the variables below encoder: no variable for fc.bias, fc.weight; tensors that are not wanted can be named in ignore\.$/,
  )
  const { 'layer2.0.conv1.weight': moved, ...rest } = tensors
  refuses(
    { ...rest, 'layer2.0.conf1.weight': moved! },
    { to: 'encoder', ignore: fc },
    'no tensor for layer2.0.conv1.weight \\(nearest: layer2.0.conf1.weight\\)',
    'no variable for layer2.0.conf1.weight \\(nearest: layer2.0.conv1.weight\\)',
  )
  const wide = shaped(new Float32Array(2 * 3 * 49), [2, 3, 7, 7])
  refuses(
    { ...tensors, 'conv1.weight': wide },
    { to: 'encoder', ignore: fc },
    /: conv1.weight is Float32Array \[2, 3, 7, 7\] in the file and f32 \[2, 3, 3, 3\] in the program\.$/,
  )
  const whole = shaped(new Int32Array(2), [2])
  refuses(
    { ...tensors, 'bn1.bias': whole },
    { to: 'encoder', ignore: fc },
    'bn1.bias is Int32Array \\[2\\] in the file and f32',
  )
  refuses(tensors, { to: 'encoder', prefix: 'module' }, 'weights below module do not', /no tensor for .* and 97 more/)
  refuses(tensors, { to: 'encodr', ignore: fc }, /no variables below encodr: the nearest paths are encoder\./)
  assert.equal(await embedded(session, images), before)
})

const oracle = fileURLToPath(new URL('../../../shared/oracle/', import.meta.url))
if (!existsSync(oracle)) console.log('skipped: no reference data for models at ../shared/oracle')
else
  test("reference weights under torchvision's names give the reference features", async () => {
    const data = readOracle(oracle)
    const found = data.cases.find(({ id }) => id === 'resnet.01')!
    const { block, layers, width, stem } = found.attrs
    const { x, features } = { x: found.inputs.x!, features: found.outputs.features! }
    const encoder = resnet({ block, layers, width, stem })
    const shapes: Readonly<Record<string, number[]>> = { ...found.params, ...found.buffers }
    const values = Object.entries(valuesOf(encoder, found, data)).map(([name, value]): [string, Output] => [
      name,
      shaped(value, shapes[name]!),
    ])
    const { tensors } = readSafetensors(writeSafetensors(Object.fromEntries(values)))
    assert.ok('fc.weight' in tensors)
    const session = await embedder(encoder, x.shape)
    importWeights(session, tensors, { to: 'encoder', ignore: ['fc'] })
    const result = await embedded(session, data.tensor(found, 'in/x', x) as Float32Array)
    const expected = data.tensor(found, 'out/features', features)
    assert.is(result.length, expected.length)
    result.forEach((value, i) => {
      const within = features.atol! + features.rtol! * Math.abs(expected[i]!)
      assert.ok(Math.abs(value - expected[i]!) <= within, `${i}: ${value}, expected ${expected[i]}`)
    })
    session.destroy()
  })

test.run()
