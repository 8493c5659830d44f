/** Feature augmentations as text, and the table of operators in `models/augment/README.md`. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { augment } from '../../../models/augment/feature.js'
import { flowName } from '../../../models/augment/flow.js'
import { operatorOptions, operators } from '../../../models/augment/operators/index.js'
import { parseAugmentation, parseAugmentations } from '../../../models/augment/parse.js'
import { all, flowsOf, make, type Plain } from './operators.js'

test('text says what augment takes', () => {
  const text = 'gaussian@projection:cosine=0.95,flow=full,branch=online,copies=2,compose=add,weight=0.5,probability=0.5'
  const { operator, ...parsed } = parseAugmentation(text)
  const { operator: own, ...expected } = augment({
    operator: operators.gaussian(),
    at: 'projection',
    cosine: 0.95,
    flow: 'full',
    branch: 'online',
    copies: 2,
    compose: 'add',
    weight: 0.5,
    probability: 0.5,
  })
  assert.equal(parsed, expected)
  assert.is(operator.name, own.name)
  const labels = (given: string) => parseAugmentations(given).map(({ label }) => label)
  assert.equal(labels('none'), [])
  assert.equal(labels('mixqueue + extrapolate:draw=element,unit=true, fade=1000 + generator:flow=adversarial=0.5'), [
    'mixqueue(1.6) at negatives, stopped',
    'extrapolate(2) at unit, full, scheduled',
    'generator(0.1) at projection online, adversarial=0.5',
  ])
  assert.equal(labels('sphere@pooled:flow=scaled=0.5,strength=0.2+neighbour:bank=64+project:strength=1'), [
    'sphere(0.2) at pooled online, scaled=0.5',
    'neighbour at unit target, stopped',
    'project(1) at projection both, full, shared draws',
  ])
})

test('every operator has a default place, but those on maps; every option is taken', () => {
  for (const name of all) {
    const maps = make(name).kind === 'maps'
    if (maps) assert.throws(() => parseAugmentation(name), /takes feature maps: name a stage of the encoder, as in/)
    const at = maps ? '@stage1' : ''
    parseAugmentation(`${name}${at}`)
    const sample = {
      number: '2',
      shrink: '0.5',
      dropout: '0.2',
      temperature: '0.5',
      unit: 'true',
      beside: 'true',
      bank: '64',
    }
    for (const [option, words] of Object.entries(operatorOptions[name] ?? {}))
      parseAugmentation(`${name}${at}:${option}=${words[0] ?? sample[option as 'unit'] ?? sample.number}`)
  }
})

test('what is not known is answered with what is, and the nearest', () => {
  const refused = (text: string, name: string, message: RegExp) => {
    try {
      parseAugmentations(text)
    } catch (error) {
      assert.is((error as Error).name, name, `${text}: ${error}`)
      assert.match((error as Error).message, message)
      return
    }
    assert.unreachable(`${text} is accepted`)
  }
  refused(
    'gausian',
    'BadInput',
    /no feature augmentation named "gausian": nearest are gaussian, .*; known are gaussian, sphere/,
  )
  refused('', 'BadInput', /no feature augmentation named ""/)
  refused(
    'gaussian:cosin=0.9',
    'BadInput',
    /no parameter of gaussian named "cosin": nearest are cosine, .*known are scale, strength/,
  )
  refused('gaussian:cosine', 'BadInput', /gaussian: cosine needs a value, as in cosine=/)
  refused('gaussian:cosine=high', 'BadInput', /gaussian: cosine must be a number, got "high"/)
  refused('gaussian:cosine=0.9,cosine=0.8', 'BadInput', /cosine is given twice/)
  refused('gaussian:flow=ful', 'BadInput', /no flow \(gaussian: flow\) named "ful": nearest are full/)
  refused('gaussian:flow=scaled', 'BadInput', /flow=scaled must be a number, got ""/)
  refused('gaussian:compose=mix', 'BadInput', /compose must be replace or blend or add, got "mix"/)
  refused('gaussian:scale=batches', 'BadInput', /scale must be length or batch or one, got "batches"/)
  refused('gaussian:strength=-1', 'ShapeError', /strength must be 0 or more, got -1/)
  refused('gaussian@pooled:flow=stopped', 'ShapeError', /leaves the encoder without any/)
})

/** Where an operator may stand, which flows it has beside the usual ones, and its strength, as the table has them. */
function cellsOf(operator: Plain): string[] {
  const { kind, traits } = operator
  const sites = {
    ...{ any: 'any', channels: 'any', rows: 'rows', maps: 'stages', tokens: 'stages of vit' },
    ...{ pair: 'unit', negatives: 'negatives', scores: 'scores' },
  }[kind]
  const usual = ['full', 'stopped', 'straight-through', 'delta', 'scaled=0.25']
  const names = flowsOf(operator)
    .map(flowName)
    .filter(name => name !== 'adversarial=0.5')
  const isUsual = usual.every(name => names.includes(name))
  const own = isUsual
    ? ['usual', ...names.filter(name => !usual.includes(name))]
    : names.map(name => name.split('=')[0]!)
  const first = operator.flow ? own.map(name => (name === operator.flow ? `${name} (default)` : name)) : own
  const strength = operator.strength === undefined ? '-' : `${operator.strength}${operator.solve ? ', or cosine' : ''}`
  return [traits.includes('target') ? `${sites}, target` : sites, first.join(', '), strength]
}

test('the table of operators in the README is that of the registry', () => {
  const text = readFileSync(new URL('../../../models/augment/README.md', import.meta.url), 'utf8')
  const rows = text
    .split('\n')
    .filter(line => /^\| (?:N|M|MX|ST|CV|L)\d+ /.test(line))
    .map(line =>
      line
        .slice(1, -1)
        .split(' | ')
        .map(cell => cell.trim().replaceAll('`', '')),
    )
  assert.equal(
    rows.map(([, name, made]) => [name, made]),
    all.map(name => [name, operators[name].name]),
  )
  rows.forEach(([, name, , , ...cells]) => {
    assert.equal(cells, cellsOf(make(name as never)), name)
  })
})

test.run()
