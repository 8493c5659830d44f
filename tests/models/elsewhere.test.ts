/** Weights for elsewhere: torchvision gives the features that the encoder gives (where Python has it), detectron2's names. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { entry } from '../../compiler/language/entry.js'
import { module, variablesOf } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { generator } from '../../models/data/random.js'
import { resnet18, resnet50 } from '../../models/encoders/resnet.js'
import { detectron2Names } from '../../models/weights.js'
import { BadInput, load, type Output, type Tensors, writeSafetensors } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

test.after(closeTestDevice)
const folder = mkdtempSync(join(tmpdir(), 'facet-elsewhere-'))
test.after(() => rmSync(folder, { recursive: true }))

const random = generator(9)
/** Values such that features stay of the order of 1, and no norm is the identity. */
const valuesFor = (name: string, shape: readonly number[]): Output => {
  const fan = shape.slice(1).reduce((a, b) => a * b, 1)
  const one = () =>
    /running_var|(bn\d|\.1)\.weight/.test(name)
      ? 0.5 + random()
      : (random() - 0.5) * (shape.length > 1 ? Math.sqrt(24 / fan) : 0.4)
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one)
  return Object.assign(values, { shape: [...shape] }) as never
}
const tensorsOf = (encoder: ReturnType<typeof resnet18>): Tensors =>
  Object.fromEntries(
    variablesOf(encoder as never).map(({ name, tensor }) => [name, valuesFor(name, tensor.shape as number[])]),
  )

// python3 -c "import torchvision, hashlib; print(hashlib.sha256('\n'.join(f'{k} {list(v.shape)}' for k, v in sorted(
//   torchvision.models.resnet18().state_dict().items()) if k[:2] != 'fc' and 'num' not in k).encode()).hexdigest())"
const listed = {
  resnet18: '804c0cdcc273681aa53e83c1b6570b56c2765b4ebedc143f58a403008b2609db',
  resnet50: '6f8d71cd701134f7ab74631852a88c2fb01cff50cf5e7b21fbbbfa93bca6d6fe',
} as const
test("names and shapes are those of torchvision's resnet18 and resnet50", () => {
  for (const [name, encoder] of [
    ['resnet18', resnet18()],
    ['resnet50', resnet50()],
  ] as const) {
    const lines = Object.entries(tensorsOf(encoder as never))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { shape }]) => `${key} [${shape.join(', ')}]`)
    assert.is(createHash('sha256').update(lines.join('\n')).digest('hex'), listed[name], name)
  }
})

test("detectron2's names: stem, res2 to res5, norms within convolutions, shortcuts", () => {
  const names = Object.keys(detectron2Names(tensorsOf(resnet50() as never)))
  assert.is(new Set(names).size, Object.keys(tensorsOf(resnet50() as never)).length)
  for (const expected of [
    'stem.conv1.weight',
    'stem.conv1.norm.running_var',
    'res2.0.conv1.weight',
    'res2.0.conv3.norm.bias',
    'res2.0.shortcut.weight',
    'res3.0.shortcut.norm.weight',
    'res4.5.conv2.norm.running_mean',
    'res5.2.conv3.weight',
  ])
    assert.ok(names.includes(expected), `${expected} is not there`)
  assert.equal(
    names.filter(
      name =>
        !/^(stem\.conv1|res[2-5]\.\d\.(conv[123]|shortcut))(\.norm\.(weight|bias|running_mean|running_var)|\.weight)$/.test(
          name,
        ),
    ),
    [],
  )
  const cifar = tensorsOf(resnet18({ stem: 'cifar' }) as never)
  assert.throws(
    () => detectron2Names(cifar),
    (error: Error) =>
      error instanceof BadInput && /conv1\.weight is \[64, 3, 3, 3\], and the first .* is 7x7/.test(error.message),
  )
  const other = { 'blocks.0.attn.qkv.weight': cifar['conv1.weight']! }
  assert.throws(() => detectron2Names(other), /blocks\.0\.attn\.qkv\.weight is no tensor of a ResNet/)
})

const python = ['python3', '/usr/bin/python3'].find(command => {
  try {
    execFileSync(command, ['-c', 'import torchvision'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})
if (!python) console.log('skipped: no Python with torchvision')
else
  for (const [name, encoder] of [
    ['resnet18', resnet18()],
    ['resnet50', resnet50()],
  ] as const)
    test(`torchvision's ${name} gives the features of the encoder, from the file that is written`, async () => {
      const tensors = tensorsOf(encoder as never)
      const side = 64
      const images = Float32Array.from({ length: 2 * 3 * side * side }, () => 2 * random() - 1)
      const [weights, input] = [join(folder, `${name}.safetensors`), join(folder, `${name}.f32`)]
      writeFileSync(weights, writeSafetensors(tensors, { format: 'pt' }))
      writeFileSync(input, images)
      const script = fileURLToPath(new URL('elsewhere.py', import.meta.url))
      const bytes = execFileSync(python, [script, name, weights, input, `${side}`], { maxBuffer: 2 ** 26 })
      const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      const net: any = module(({ use }) => use('encoder', encoder) as never)
      const embed = entry({ images: [2, 3, side, side] }, ({ images }) => ({
        features: evaluating(() => net(images)) as Untyped,
      }))
      const session = await load(await testDevice(), compile({ embed }, {}))
      session.writeVariables(
        Object.fromEntries(Object.entries(tensors).map(([key, value]) => [`encoder.${key}`, value])),
      )
      const features = (await session.call('embed', { images })).features as Float32Array
      session.destroy()
      assert.is(features.length, expected.length)
      const size = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length)
      const apart = Math.max(...features.map((value, i) => Math.abs(value - expected[i]!)))
      assert.ok(size > 0.01 && apart < 1e-4 * size, `${apart} apart, features of ${size}`)
    })

test.run()
