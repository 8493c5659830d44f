/** What `facet tune` is tested on. */
import { dot, entry, exp, sum } from '../../compiler/index.js'

export const step = entry({ a: ['n', 64], b: [64, 96] }, ({ a, b }) => ({ y: sum(exp(dot(a, b)), -1) }))
export const sizes = { n: 48 }
