/**
 * A picture of every operator of feature augmentation, for the guide: what it makes of a few features, computed by the operator
 * itself on the processor.
 *
 *     npx tsx site/pictures/operators.ts    # writes site/guide/pictures/operators/NAME.svg
 *
 * Rows have two features here, so that they are points of the plane; feature maps have 8 x 8 places.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile, entry, iota, matmul, rem, targetFor, transpose, type Untyped } from 'facet-tensor'
import { type Context, type Operator, type OperatorName, operatorNames, operators } from 'facet-tensor/models'
import { type Device, load, openDevice } from 'facet-tensor/runtime'
import { cells, circle, line, svg, text } from './svg.js'

/** Options that make a small picture: few rows in a bank, few hard negatives. Where strength is given, the default is too small to be seen. */
const shown: { readonly [N in OperatorName]?: { readonly operator?: Operator; readonly strength?: number } } = {
  sphere: { strength: 0.2 },
  gaussian: { strength: 0.2 },
  dropblock: { operator: operators.dropblock({ block: 3 }), strength: 0.3 },
  channels: { strength: 0.5 },
  dropout: { strength: 0.3 },
  mixup: { strength: 0.4 },
  adverse: { operator: operators.adverse({ hardest: 6, count: 6 }), strength: 0.3 },
  mochi: { operator: operators.mochi({ hardest: 6, count: 8 }) },
  'mochi-query': { operator: operators['mochi-query']({ hardest: 6, count: 8 }) },
  synco: { operator: operators.synco({ hardest: 6, count: 8 }) },
  neighbour: { operator: operators.neighbour({ bank: 24 }) },
  neighbours: { operator: operators.neighbours({ bank: 24, k: 3 }) },
  attention: { operator: operators.attention({ bank: 24 }) },
  adco: { operator: operators.adco({ size: 16 }) },
  generator: { strength: 0.6 },
  mixstyle: { strength: 1 },
  efdmix: { strength: 1 },
  isda: { strength: 2 },
}

/** Reproducible numbers in [0, 1): a linear congruential generator. */
function numbers(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}
const flat = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat())
const onCircle = (angles: readonly number[]): number[][] => angles.map(angle => [Math.cos(angle), Math.sin(angle)])

/** Runs an operator on the processor; inputs and outputs are arrays of numbers. */
async function applied(
  device: Device,
  inputs: Record<string, { shape: readonly number[]; values: Float32Array }>,
  body: (inputs: Record<string, Untyped>) => Record<string, Untyped>,
): Promise<{ outputs: Record<string, ArrayLike<number>>; variables: Record<string, ArrayLike<number>> }> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]))
  const draw = entry(shapes as Record<string, number[]>, given => body(given as never))
  const session = await load(device, compile({ draw }, {}, { target: targetFor(device) }), { seed: 3 })
  const given = Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values]))
  const variables = (await session.readVariables()) as never
  const outputs = (await session.call('draw', given)) as never
  session.destroy()
  return { outputs, variables }
}
/** All of the gradient, nobody told of mixtures. */
const contextOf = ({ strength = 0 }: Operator, given?: number): Context => ({
  ...{ strength: given ?? strength, statistics: x => x, partner: x => x, parameter: x => x },
  mixed() {},
})

/** The picture of one operator. */
export async function picture(device: Device, name: OperatorName): Promise<string> {
  const { operator = operators[name]() as Operator, strength } = shown[name] ?? {}
  const context = contextOf(operator, strength)
  const apply = operator.apply as (...args: unknown[]) => never
  const banked = operator.traits.includes('target')
  if (operator.kind === 'maps') return maps(device, name, x => apply(x, context))
  if (operator.kind === 'tokens') return tokens(device, name, x => apply(x, context))
  if (operator.kind === 'pair') return pair(device, name, given => apply(given, context))
  if (operator.kind === 'negatives') return negatives(device, name, (given, q) => apply(given, q, context))
  if (operator.kind === 'scores') return scores(device, name, given => apply(given, context))
  return rows(device, name, x => apply(x, context), banked)
}

const SIDE = 200
const plane = (scale: number) => (x: number, y: number) => [SIDE / 2 + x * scale, SIDE / 2 - y * scale] as const

/** Points of the plane, grey, and eight copies of each, or the one that a bank has. */
async function rows(device: Device, name: string, apply: (x: Untyped) => Untyped, banked: boolean): Promise<string> {
  const random = numbers(name.length)
  // An oblong cloud, so that statistics of the batch have a direction.
  const points = banked
    ? onCircle([0.3, 1.4, 2.6, 3.7, 5.2])
    : Array.from({ length: 9 }, (_, i) => {
        const along = (i - 4) / 2.6
        return [along + 0.35 * (random() - 0.5), 0.55 * along + 1.3 * (random() - 0.5)]
      })
  const copies = banked ? 1 : 8
  const { outputs, variables } = await applied(
    device,
    { x: { shape: [points.length, 2], values: flat(points) } },
    ({ x }) => Object.fromEntries(Array.from({ length: copies }, (_, i) => [`copy${i}`, apply(x!)])),
  )
  const at = plane(banked ? 80 : 42)
  const parts = [line('line', 0, SIDE / 2, SIDE, SIDE / 2), line('line', SIDE / 2, 0, SIDE / 2, SIDE)]
  if (banked) {
    parts.push(circle('line', SIDE / 2, SIDE / 2, 80))
    for (const bank of Object.values(variables).filter(values => values.length === 48))
      for (let i = 0; i < 24; i++) parts.push(circle('clean', ...at(bank[2 * i]!, bank[2 * i + 1]!), 2))
  }
  for (let copy = 0; copy < copies; copy++) {
    const made = outputs[`copy${copy}`]!
    for (let i = 0; i < made.length / 2; i++) {
      const [x, y] = at(made[2 * i]!, made[2 * i + 1]!)
      if (made.length === 2 * points.length) parts.push(line('move', ...at(points[i]![0]!, points[i]![1]!), x, y))
      parts.push(circle('copy', x, y, 2.5))
    }
  }
  for (const [x, y] of points) parts.push(circle('hollow', ...at(x!, y!), 3.5))
  return svg(`${name}: features (circles) and their copies (dots)`, SIDE, SIDE, parts)
}

/** Three feature maps of two channels, and below them what the operator makes of these. */
async function maps(device: Device, name: string, apply: (x: Untyped) => Untyped): Promise<string> {
  const [count, channels, size, side] = [3, 2, 8, 7]
  const value = (n: number, c: number, y: number, x: number): number => {
    const wave = Math.cos((c ? x - y : x + y) * (0.5 + 0.35 * n))
    const blob = Math.exp(-((x - 2 - 2 * n) ** 2 + (y - 3) ** 2) / 6)
    return [0.9 * blob - 0.15, 0.45 + 0.4 * wave, -0.35 + 0.5 * wave * blob][n]!
  }
  const values = Float32Array.from({ length: count * channels * size * size }, (_, i) =>
    value(Math.floor(i / 128), Math.floor(i / 64) % 2, Math.floor(i / 8) % 8, i % 8),
  )
  const { outputs } = await applied(device, { x: { shape: [count, channels, size, size], values } }, ({ x }) => ({
    copy: apply(x!),
  }))
  const parts: string[] = []
  const sheet = (given: ArrayLike<number>, top: number): void => {
    const squares = Array.from(given, (value, i) => {
      const [map, place] = [Math.floor(i / size ** 2), i % size ** 2]
      const left = 1 + map * (size * side + 6) + Math.floor(map / channels) * 10
      return [left + (place % size) * side, top + Math.floor(place / size) * side, value] as const
    })
    parts.push(cells(side, squares))
  }
  parts.push(text(1, 11, 'three images, two channels each', 'soft'))
  sheet(values, 17)
  parts.push(text(1, 92, 'after', 'soft'))
  sheet(outputs.copy!, 98)
  return svg(`${name}: feature maps before and after`, 394, 156, parts)
}

/** Twelve patches and the class token of two images: those that are kept are filled. */
async function tokens(device: Device, name: string, apply: (x: Untyped) => Untyped): Promise<string> {
  const [images, places] = [2, 13]
  const values = Float32Array.from({ length: images * places }, (_, i) => i % places)
  const { outputs } = await applied(device, { x: { shape: [images, places, 1], values } }, ({ x }) => ({
    copy: apply(x!),
  }))
  const kept = outputs.copy!
  const parts = [text(4, 13, 'class token, then 12 patches of each image', 'soft')]
  for (let n = 0; n < images; n++) {
    const here = Array.from({ length: kept.length / images }, (_, i) => kept[(n * kept.length) / images + i])
    const value = (i: number): number => (here.includes(i) ? (i ? 0.8 : -0.8) : 0)
    const squares = Array.from({ length: places }, (_, i) => [4 + i * 24 + (i && 8), 24 + n * 30, value(i)] as const)
    parts.push(cells(20, squares))
  }
  return svg(`${name}: the tokens that are kept`, 340, 84, parts)
}

const RADIUS = 72
const circlePlane = plane(RADIUS)
const unitCircle = circle('line', SIDE / 2, SIDE / 2, RADIUS)

/** Queries and keys on the unit circle, and where both are moved. */
async function pair(
  device: Device,
  name: string,
  apply: (pair: { q: Untyped; k: Untyped }) => { q: Untyped; k: Untyped },
): Promise<string> {
  const [q, k] = [onCircle([0.2, 2.2, 4.3]), onCircle([0.9, 2.9, 5.1])]
  const shape = [3, 2]
  const { outputs } = await applied(
    device,
    { q: { shape, values: flat(q) }, k: { shape, values: flat(k) } },
    ({ q, k }) => {
      const made = apply({ q: q!, k: k! })
      return { q2: made.q, k2: made.k }
    },
  )
  const parts = [unitCircle]
  for (const [before, after, kind] of [
    [q, outputs.q2!, 'copy'],
    [k, outputs.k2!, 'also'],
  ] as const)
    for (let i = 0; i < 3; i++) {
      const from = circlePlane(before[i]![0]!, before[i]![1]!)
      const to = circlePlane(after[2 * i]!, after[2 * i + 1]!)
      parts.push(line('move', ...from, ...to), circle('hollow', ...from, 3.5), circle(kind, ...to, 3.5))
    }
  parts.push(text(4, 14, 'q', 'copy'), text(14, 14, 'k', 'also'))
  return svg(`${name}: queries and keys, and where they are moved`, SIDE, SIDE, parts)
}

/** A query on the unit circle, its queue, and the negatives that it is given in addition or in place of these. */
async function negatives(
  device: Device,
  name: string,
  apply: (given: { shared: Untyped }, q: Untyped) => { shared: Untyped; own?: readonly Untyped[] },
): Promise<string> {
  const random = numbers(7)
  const query = onCircle([1.1])
  const queue = onCircle(Array.from({ length: 24 }, () => random() * 2 * Math.PI))
  const { outputs } = await applied(
    device,
    { q: { shape: [1, 2], values: flat(query) }, queue: { shape: [24, 2], values: flat(queue) } },
    ({ q, queue }) => {
      const { shared, own = [] } = apply({ shared: queue! }, q!)
      return own.length ? { made: own[0]! } : { made: shared }
    },
  )
  const made = outputs.made!
  const parts = [unitCircle, ...queue.map(([x, y]) => circle('clean', ...circlePlane(x!, y!), 2.5))]
  for (let i = 0; i < made.length / 2; i++)
    parts.push(circle('copy', ...circlePlane(made[2 * i]!, made[2 * i + 1]!), 3.5))
  const [x, y] = circlePlane(query[0]![0]!, query[0]![1]!)
  parts.push(line('line', SIDE / 2, SIDE / 2, x, y), circle('also', x, y, 5), text(x + 8, y, 'q', 'also'))
  return svg(`${name}: a query, the queue (grey) and the negatives it is compared with`, SIDE, SIDE, parts)
}

/** The scores of three classes for one example of each, and what they become, by eight examples of each class in the plane. */
async function scores(
  device: Device,
  name: string,
  apply: (given: Record<string, Untyped>) => Untyped,
): Promise<string> {
  const random = numbers(5)
  const [classes, each] = [3, 8]
  const centres = onCircle([0.5, 2.6, 4.7])
  const labels = Array.from({ length: classes * each }, (_, i) => i % classes)
  // The first class is spread the least, the last the most.
  const points = labels.map(label => centres[label]!.map(value => value + (0.4 + 0.8 * label) * (random() - 0.5)))
  const { outputs } = await applied(
    device,
    {
      features: { shape: [labels.length, 2], values: flat(points) },
      weight: { shape: [classes, 2], values: flat(centres) },
    },
    ({ features, weight }) => {
      const before = matmul(features!, transpose(weight!)) as Untyped
      const given = {
        features: features!,
        weight: weight!,
        labels: rem(iota([labels.length], 0), classes) as Untyped,
      }
      return { before, after: apply({ ...given, scores: before }) }
    },
  )
  const height = (score: number) => 112 - 46 * score
  const parts = [line('line', 0, height(0), SIDE, height(0))]
  for (let n = 0; n < classes; n++)
    for (let j = 0; j < classes; j++) {
      const [x, from, to] = [
        20 + n * 66 + j * 16,
        ...[outputs.before!, outputs.after!].map(s => height(s[n * classes + j]!)),
      ]
      const kind = n === j ? 'also' : 'copy'
      parts.push(line('move', x!, from!, x!, to!), circle('hollow', x!, from!, 3.5), circle(kind, x!, to!, 2.5))
    }
  parts.push(text(4, 14, 'own class', 'also'), text(70, 14, 'others', 'copy'))
  return svg(
    `${name}: scores of three examples for three classes (circles), and what they become (dots)`,
    SIDE,
    SIDE,
    parts,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL('../guide/pictures/operators/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const device = await openDevice({ adapter: 'cpu', threads: 1 })
  for (const name of operatorNames) writeFileSync(`${folder}${name}.svg`, await picture(device, name))
  device.destroy()
  console.log(`${operatorNames.length} pictures in site/guide/pictures/operators`)
}
