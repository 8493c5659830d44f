/** Features in the plane, for plots. */
import { compile } from '../../compiler/compile.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32 } from '../../compiler/language/entry.js'
import { mean, normalize } from '../../compiler/language/math.js'
import { update, variable } from '../../compiler/language/module.js'
import { uniform } from '../../compiler/language/random.js'
import { abs, add, concat, div, matmul, max, mul, split, sub, sum, transpose } from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { type Features, using, zeros } from './features.js'

/**
 * Features in the plane: their two directions of largest variance (principal components), found by orthogonal
 * iteration on the device. Coordinates are scaled to a largest absolute value of 1.
 */
export async function projectToPlane(
  device: Device,
  { values, count, width }: Features,
  iterations = 40,
): Promise<[number, number][]> {
  const rows = zeros('rows', [count, width])
  const basis = variable(
    () => 'basis',
    'state',
    [width, 2],
    shape => uniform(shape, -1, 1) as Tensor,
  )
  const fill = entry({ features: f32([count, width]) }, ({ features }) => {
    update(rows, sub(features, mean(features, 0, { keepdims: true })))
    return {}
  })
  const iterate = entry({}, () => {
    const next = matmul(transpose(rows), matmul(rows, basis.tensor))
    const [a, b] = split(next, 2, 1)
    const first = normalize(a, 0)
    const rest = sub(b, mul(first, sum(mul(first, b), 0, { keepdims: true })))
    update(basis.tensor, concat(first, normalize(rest, 0), 1))
    return {}
  })
  const project = entry({}, () => {
    const points = matmul(rows, basis.tensor)
    return { points: div(points, add(max(abs(points)), 1e-12)) }
  })
  return using(device, compile({ fill, iterate, project }, {}, { target: targetFor(device) }), async session => {
    session.run('fill', { features: values })
    for (let i = 0; i < iterations; i++) session.run('iterate')
    const { points } = await session.call('project')
    return Array.from({ length: count }, (_, n) => [points![2 * n]!, points![2 * n + 1]!] as [number, number])
  })
}
