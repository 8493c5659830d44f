/** Feature augmentation by rotating the feature space (CV4 of this project's list). */
import { ShapeError } from '../../../compiler/graph/shape.js'
import { permutation } from '../../../compiler/language/random.js'
import { add, argmax, cast, equal, mul, rem, reshape, sub, take } from '../../../compiler/ops/index.js'
import { operator, type Solve } from './operator.js'

/**
 * CV4: `X' = X R`, R a rotation by the angle a in each of D / 2 planes, spanned by random pairs of features; the same R for all rows, so
 * angles and lengths within a batch stay. Since R = cos(a) I + sin(a) J with `J^T = -J` and `J^2 = -I`, every row is turned by exactly a. `x` `[N, D]`,
 * D even. Strength: a in radians, default 0.3; from a cosine: `a = acos(cosine)`, exact. Source: this project (products of Givens
 * rotations).
 */
export const randomRotation = () =>
  operator({
    name: 'rotation',
    kind: 'rows',
    strength: 0.3,
    range: ['at least 0 and at most pi', s => s >= 0 && s <= Math.PI],
    solve: Math.acos as Solve,
    apply(x, { strength }) {
      const features = x.shape[1]!
      if (features % 2 === 1)
        throw new ShapeError(`rotation: features are turned in pairs, so their number must be even, got ${features}`)
      const place = permutation(features) // in a random order, of which neighbours 2i and 2i + 1 are a pair
      const odd = rem(place, 2)
      const wanted = add(place, sub(1, mul(odd, 2)))
      const found = equal(reshape(wanted, [features, 1]), reshape(place, [1, features]))
      const other = argmax(cast(found, 'i32'), 1)
      const sign = sub(cast(mul(odd, 2), 'f32'), 1)
      return add(mul(x, Math.cos(strength)), mul(take(x, other, 1), mul(sign, Math.sin(strength))))
    },
  })
