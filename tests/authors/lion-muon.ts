/** Two optimizers: Lion (Chen et al., arXiv 2302.06675) for all but matrices, which have Muon (Jordan et al., 2024). */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

const lion = (learningRate: number, [b1, b2] = [0.9, 0.99]): nn.Optimizer => ({
  learningRate,
  descend({ tensor: p }, g, { learningRate, kept, keep }) {
    const m = kept('momentum')
    keep('momentum', f.lerp(g, m, b2))
    return f.sub(p, f.mul(f.sign(f.lerp(g, m, b1)), learningRate))
  },
})

const orthogonal = (matrix: f.f32<[number, number]>, steps = 5) => {
  let x = f.div(matrix, f.add(f.vectorNorm(matrix), 1e-7))
  for (let i = 0; i < steps; i++) {
    const a = f.matmul(x, f.transpose(x))
    x = f.add(f.mul(x, 3.4445), f.matmul(f.sub(f.mul(f.matmul(a, a), 2.0315), f.mul(a, 4.775)), x))
  }
  return x
}

const muon = (learningRate: number, momentum = 0.95): nn.Optimizer => ({
  learningRate,
  descend({ tensor: p }, g, { learningRate, kept, keep }) {
    const m = keep('momentum', f.add(f.mul(kept('momentum'), momentum), g))
    const scale = Math.max(1, p.shape[0]! / p.shape[1]!) ** 0.5
    return f.sub(p, f.mul(orthogonal(m), f.mul(learningRate, scale)))
  },
})

export const model = f.sequential(nn.linear(4, 6), f.tanh, nn.linear(6, 3))
export const loss = f.entry({ x: ['batch', 4], y: f.i32(['batch']) }, ({ x, y }) => ({
  loss: f.crossEntropy(model(x), y),
}))
const matrices = { where: (_: string, shape: readonly number[]) => shape.length === 2, optimizer: muon(0.02) }
export const step = nn.fit(model, loss, nn.grouped([matrices], lion(1e-3)))
