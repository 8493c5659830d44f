/** Model-agnostic meta-learning (Finn et al., arXiv 1703.03400), gradients of second order included. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Points = f.f32<[number, 1]>

export const model = f.sequential(nn.linear(1, 8), f.tanh, nn.linear(8, 8), f.tanh, nn.linear(8, 1))

const adapted = (x: Points, y: Points, steps = 2, rate = 0.1) => {
  let weights = f.namedParameters(model)
  for (let i = 0; i < steps; i++) {
    const slopes = f.grad(nn.meanSquaredError(f.functionalCall(model, weights, x), y), weights)
    const moved = Object.entries(weights).map(([name, w]) => [name, f.sub(w, f.mul(slopes[name]!, rate))])
    weights = Object.fromEntries(moved)
  }
  return weights
}

const points = f.f32(['tasks', 5, 1])
export const loss = f.entry({ x: points, y: points, newX: points, newY: points }, tasks => ({
  loss: f.mean(
    f.map(({ x, y, newX, newY }) => nn.meanSquaredError(f.functionalCall(model, adapted(x, y), newX), newY), tasks),
  ),
}))
export const step = nn.fit(model, loss, nn.adam(1e-2))
