/** Recipes as data: every one builds and traces, parts are set by name, wrong names and values are sentences. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { nodes } from '../../compiler/graph/graph.js'
import { entry, trace, traceInit } from '../../compiler/language/entry.js'
import { parametersOf, variablesOf } from '../../compiler/language/module.js'
import { cast } from '../../compiler/ops/index.js'
import { encoderOf, methodOf, optimizerOf } from '../../models/build.js'
import { synthetic } from '../../models/data/synthetic.js'
import { domainOf } from '../../models/domains.js'
import { mlp } from '../../models/encoders/mlp.js'
import { lengthOf } from '../../models/pretrain.js'
import { changed, methodNames, recipe, recipeNames, recipes, small } from '../../models/recipes.js'
import { train } from '../../models/train.js'
import { BadInput } from '../../runtime/errors.js'
import { normals } from './augment/operators.js'

const set = synthetic({ size: 16, train: 64, test: 16 })

/** The training step of a recipe as a graph, and the names of what it trains. */
function stepOf(name: string) {
  const given = changed(recipe(name), { batch: 8 })
  const domain = domainOf(set, given.views)
  const length = lengthOf({ set, recipe: given })
  const method = methodOf(given, encoderOf(given, domain.channels, domain.size), length, {
    classes: set.classes.length,
  })
  const inputs = { ...domain.inputs, labels: { shape: ['batch'], dtype: 'u8' } } as any
  const graph = trace(
    'step',
    entry(inputs, (x: any) =>
      train(method, optimizerOf(given, length), domain.views(x) as never, { labels: cast(x.labels, 'i32') } as never),
    ) as any,
    { batch: 8 },
  )
  return { graph, method, trained: parametersOf(method).map(({ name }) => name) }
}

for (const name of recipeNames)
  test(`${name} traces to a training step`, () => {
    const given = recipe(name)
    assert.ok(given.source.length > 10, 'it has a source')
    const { graph, method, trained } = stepOf(name)
    assert.is(method.label, given.method)
    assert.ok(nodes(graph).length > 100)
    for (const part of [
      'encoder',
      ...(given.predictor ? ['predictor'] : []),
      ...(given.prototypes ? ['prototypes'] : []),
    ])
      assert.ok(
        trained.some(variable => variable.startsWith(`${part}.`)),
        `${part} is trained`,
      )
    const updated = new Set(graph.updates.map(({ variable }) => variable))
    assert.ok(updated.size > trained.length, 'parameters and what the optimizer keeps of them')
  })

test('every method has a published and a small recipe', () => {
  for (const method of methodNames) {
    assert.is(recipe(`${method}-cifar10`).method, method)
    assert.is(recipe(`${method}-small`).method, method)
  }
  assert.is(Object.keys(recipes).length, methodNames.length)
})

test('parts are set by name', () => {
  const given = recipe('simsiam-cifar10')
  const next = changed(given, { epochs: '2', 'projector.out': '512', fixedPredictorRate: 'false', views: 'weak' })
  assert.equal(
    [next.epochs, next.projector!.out, next.projector!.hidden, next.fixedPredictorRate, next.views],
    [2, 512, 2048, false, 'weak'],
  )
  assert.is(given.epochs, 800, 'the recipe itself stays')
  assert.is(changed(given, { batch: 128 }).learningRate, 0.06 / 4, 'the learning rate follows the batch')
  assert.is(changed(given, { batch: 128, learningRate: 0.1 }).learningRate, 0.1)
  assert.is(lengthOf({ set, recipe: changed(small('moco'), { batch: 8 }) }).steps, 500)
  assert.is(lengthOf({ set, recipe: changed(small('moco'), { batch: 8, epochs: 3 }) }).steps, 24)
})

/** Layers of a head as the sources draw them: sizes, `+` for a batch norm, `-` for one without weights, `!` for a bias alone. */
function layersOf(name: string, part: string): string {
  const given = recipe(name)
  const set = synthetic({ size: 16, train: 8, test: 8 })
  const method = methodOf(given, encoderOf(given, 3), { steps: 10, perEpoch: 1 }, { classes: set.classes.length })
  const own = variablesOf(method).filter(variable => variable.name.startsWith(`${part}.`))
  const at = (position: number, what: string) =>
    own.find(variable => variable.name === `${part}.${position}.${what}`)?.tensor.shape
  return own
    .filter(({ name, tensor }) => name.endsWith('.weight') && tensor.shape.length === 2)
    .map(({ name, tensor }, i) => {
      const position = Number(name.split('.')[1])
      const norm = at(position + 1, 'running_mean') ? (at(position + 1, 'weight') ? '+' : '-') : ''
      const bias = at(position, 'bias') ? '!' : ''
      return `${i === 0 ? `${tensor.shape[1]} ` : ''}${tensor.shape[0]}${norm}${bias}`
    })
    .join(' ')
}

test('heads are those of the sources', () => {
  const expected: [string, projector: string, predictor?: string][] = [
    ['simclr-cifar10', '512 512+ 512+ 128+'],
    ['dcl-cifar10', '512 512+ 128+'],
    ['moco-cifar10', '512 128!'],
    ['mocoV3-cifar10', '512 4096+ 256-', '256 4096+ 256!'],
    ['byol-cifar10', '512 4096+ 256!', '256 4096+ 256!'],
    ['simsiam-cifar10', '512 2048+ 2048-', '2048 512+ 2048!'],
    ['nnclr-cifar10', '512 2048+ 2048+ 256+', '256 4096+ 256!'],
    ['barlow-cifar10', '512 2048+ 2048+ 2048!'],
    ['vicreg-cifar10', '512 2048+ 2048+ 2048!'],
    ['swav-cifar10', '512 2048+ 128!'],
    ['dino-cifar10', '512 2048! 2048! 256!'],
    ['supcon-cifar10', '512 2048! 256!'],
    ['wmse-cifar10', '512 1024+ 64!'],
    ['tico-cifar10', '512 4096+ 256!'],
    ['siglip-cifar10', '512 2048! 256!'],
    ['densecl-cifar10', '512 2048! 128!'],
    ['msn-cifar10', '192 2048+ 2048+ 256!'],
    ['ibot-cifar10', '192 2048! 2048! 256!'],
  ]
  for (const [name, projector, predictor = ''] of expected)
    assert.equal([name, layersOf(name, 'projector'), layersOf(name, 'predictor')], [name, projector, predictor])
})

test('settings reach the loss', () => {
  const shapes = { one: [6, 4], two: [6, 4] }
  const [one, two] = [normals(1, 6, 4), normals(2, 6, 4)]
  /** The loss of a recipe whose encoder and projector are the identity. */
  const lossOf = (changes: Parameters<typeof changed>[1], name: string, step = 0): number => {
    const given = { ...changed(recipe(name), changes), projector: { out: 4, layers: 1 } }
    const encoder = mlp(4, { width: 4, layers: 1 })
    const method = methodOf(given, encoder as never, { steps: 10, perEpoch: 2 }, { classes: 2 })
    const graph = trace('loss', entry(shapes as never, (x: any) => ({ loss: method.loss([x.one, x.two]).loss })) as any)
    const variables = { ...evaluate(traceInit([graph]), { variables: { seed: 1 } }).variables, step }
    return evaluate(graph, { inputs: { one: one.data, two: two.data }, variables }).outputs.loss!.data[0] as number
  }
  const differ = (name: string, one: object, two: object): void =>
    assert.ok(Math.abs(lossOf(one as never, name) / lossOf(two as never, name) - 1) > 1e-3, name)
  assert.ok(Math.abs(lossOf({ scale: 1 }, 'barlow-cifar10') / lossOf({}, 'barlow-cifar10') - 10) < 1e-6)
  differ('barlow-cifar10', { lambda: 1 }, {})
  differ('vicreg-cifar10', { varianceWeight: 0.5 }, {})
  differ('dino-cifar10', { temperature: 1 }, {})
  assert.throws(() => lossOf({ 'teacherRise.from': 1 }, 'dino-cifar10'), /takes both teacherRise.from and/)
  differ('dino-cifar10', { 'teacherRise.from': 1, 'teacherRise.epochs': 4 }, {})
  const risen = { 'teacherRise.from': 1, 'teacherRise.epochs': 4 }
  const after = Math.abs(lossOf(risen, 'dino-cifar10', 8) - lossOf({}, 'dino-cifar10', 100))
  assert.ok(after < 1e-9, 'the rise is over after 4 epochs of 2 steps')
})

test('wrong names and values are sentences that say the way out', () => {
  const wrong: [() => unknown, RegExp][] = [
    [
      () => recipe('simsiam-cifar'),
      /there is no recipe simsiam-cifar: did you mean simsiam-cifar10.*All are simclr-cifar10/,
    ],
    [() => changed(small('moco'), { epoch: 2 }), /a recipe has no epoch: did you mean epochs.*What can be set: epochs/],
    [() => changed(small('moco'), { constructor: 2 }), /a recipe has no constructor/],
    [() => changed(small('moco'), { batch: 0 }), /batch of a recipe takes a whole number from 1 on, got "0"/],
    [() => changed(small('moco'), { batch: '' }), /takes a whole number/],
    [
      () => changed(small('moco'), { temperature: 'hot' }),
      /temperature of a recipe takes a number from 0 on, got "hot"/,
    ],
    [() => changed(small('moco'), { encoder: 'vgg' }), /encoder of a recipe takes one of convnet, resnet18/],
    [() => changed(small('moco'), { symmetric: 'yes' }), /takes true or false, got "yes"/],
    [
      () => changed(recipe('simsiam-cifar10'), { queue: 5 }),
      /simsiam has no queue: it is a setting of moco, densecl, nnclr/,
    ],
    [() => changed(recipe('byol-cifar10'), { temperature: 0.5 }), /byol has no temperature: .* simclr, dcl, moco/],
    [() => domainOf(set, 'speech'), /are images: the recipe speech is for recordings/],
    [() => domainOf(set, 'weaker' as never), /weaker.*weak/],
  ]
  for (const [body, message] of wrong)
    assert.throws(body, (error: unknown) => error instanceof BadInput && message.test(error.message))
})

test.run()
