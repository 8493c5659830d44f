/** Features in the plane, for plots. */
import { compile } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32 } from '../../compiler/language/entry.js'
import { mean, normalize } from '../../compiler/language/math.js'
import { update, variable } from '../../compiler/language/module.js'
import { uniform } from '../../compiler/language/random.js'
import { abs, add, concat, div, matmul, max, mul, slice, sub, sum, transpose } from '../../compiler/ops/index.js'
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
    update(rows, sub(features as Tensor, mean(features, 0, { keepdims: true }) as Tensor))
    return {}
  })
  const iterate = entry({}, () => {
    const next: Tensor = matmul(transpose(rows), matmul(rows, basis.tensor))
    const [a, b] = [0, 1].map(axis => slice(next, 1, axis, axis + 1) as Tensor)
    const first: Tensor = normalize(a as Untyped, 0)
    const rest: Tensor = sub(b!, mul(first, sum(mul(first, b!), 0, { keepdims: true }) as Tensor))
    update(basis.tensor, concat(first, normalize(rest as Untyped, 0) as Tensor, 1))
    return {}
  })
  const project = entry({}, () => {
    const points: Tensor = matmul(rows, basis.tensor)
    return { points: div(points, add(max(abs(points)) as Tensor, 1e-12)) as Tensor }
  })
  return using(device, compile({ fill, iterate, project }, {}, { target: targetFor(device) }), async session => {
    session.run('fill', { features: values })
    for (let i = 0; i < iterations; i++) session.run('iterate')
    const { points } = await session.call('project')
    return Array.from({ length: count }, (_, n) => [points![2 * n]!, points![2 * n + 1]!] as [number, number])
  })
}
