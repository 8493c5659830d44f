/** Recipes as data: every one builds and traces, parts are set by name, wrong names and values are sentences. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodes } from '../../compiler/graph/graph.js'
import { parametersOf } from '../../compiler/language/module.js'
import { entry, trace } from '../../compiler/language/program.js'
import { cast } from '../../compiler/ops/index.js'
import { encoderOf, methodOf, optimizerOf } from '../../models/build.js'
import { synthetic } from '../../models/data/synthetic.js'
import { domainOf } from '../../models/domains.js'
import { lengthOf } from '../../models/pretrain.js'
import { changed, methodNames, recipe, recipeNames, recipes, small } from '../../models/recipes.js'
import { train } from '../../models/train.js'
import { BadInput } from '../../runtime/errors.js'

const set = synthetic({ size: 16, train: 64, test: 16 })

/** The training step of a recipe as a graph, and the names of what it trains. */
function stepOf(name: string) {
  const given = changed(recipe(name), { batch: 8 })
  const domain = domainOf(set, given.views)
  const length = lengthOf({ set, recipe: given })
  const method = methodOf(given, encoderOf(given, domain.channels), length, { classes: set.classes.length })
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
    [next.epochs, next.projector.out, next.projector.hidden, next.fixedPredictorRate, next.views],
    [2, 512, 2048, false, 'weak'],
  )
  assert.is(given.epochs, 800, 'the recipe itself stays')
  assert.is(changed(given, { batch: 128 }).learningRate, 0.06 / 4, 'the learning rate follows the batch')
  assert.is(changed(given, { batch: 128, learningRate: 0.1 }).learningRate, 0.1)
  assert.is(lengthOf({ set, recipe: changed(small('moco'), { batch: 8 }) }).steps, 500)
  assert.is(lengthOf({ set, recipe: changed(small('moco'), { batch: 8, epochs: 3 }) }).steps, 24)
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
    [() => domainOf(set, 'speech'), /are images: the recipe speech is for recordings/],
    [() => domainOf(set, 'weaker' as never), /weaker.*weak/],
  ]
  for (const [body, message] of wrong)
    assert.throws(body, (error: unknown) => error instanceof BadInput && message.test(error.message))
})

test.run()
