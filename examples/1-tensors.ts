/**
 * Tensors: shapes are types, a traced function becomes a program, a device runs it.
 *
 *     npx tsx examples/1-tensors.ts
 */
import { add, argmax, compile, entry, matmul, softmax, transpose } from 'facet-tensor'
import { load, openDevice } from 'facet-tensor/runtime'

/** How much each query looks at each key. `'batch'` is a size that `compile` binds. */
const attention = entry({ queries: ['batch', 2], keys: [3, 2] }, ({ queries, keys }) => {
  const scores = matmul(queries, transpose(keys)) // Tensor<['batch', 3]>: hover it in the editor
  // @ts-expect-error The editor says: cannot broadcast [batch, 3] with [3, 2]
  const wrong = () => add(scores, keys)
  void wrong
  return { weights: softmax(scores), closest: argmax(scores, -1) }
})

const program = compile({ attention }, { batch: 2 })
console.log(`compiled to ${program.entries.attention!.dispatches.length} kernels`)

const device = await openDevice()
const session = await load(device, program)
const { weights, closest } = await session.call('attention', {
  queries: Float32Array.of(1, 0, 0, 2),
  keys: Float32Array.of(1, 1, 0, 1, -1, 0),
})
for (let query = 0; query < 2; query++) {
  const row = Array.from(weights.subarray(query * 3, query * 3 + 3), weight => weight.toFixed(3))
  console.log(`query ${query}: weights ${row.join(' ')}, closest to key ${closest[query]}`)
}
device.destroy()
