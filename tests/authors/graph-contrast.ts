/** Graph contrast in the manner of GRACE (Zhu et al., arXiv 2006.04131): a node is told from others in two views of a graph. */
import * as f from 'facet-tensor'
import * as nn from 'facet-tensor/models'

type Nodes = f.f32<['nodes', number]>
type Edges = f.i32<['edges']>

const graphConvolution = (features: number, out: number) =>
  f.module(
    { own: nn.linear(features, out), neighbours: nn.linear(features, out, { bias: false }) },
    net => (x: Nodes, source: Edges, target: Edges) => {
      const around = f.segmentMean(f.take(x, source), target, 'nodes')
      return f.add(net.own(x), net.neighbours(around))
    },
  )

const graphContrast = (features: number, hidden: number, out: number) =>
  f.module(
    {
      first: graphConvolution(features, hidden),
      second: graphConvolution(hidden, hidden),
      project: f.sequential(nn.linear(hidden, out), f.elu, nn.linear(out, out)),
    },
    net =>
      (x: Nodes, mask1: Nodes, mask2: Nodes, source: Edges, target: Edges, temperature = 0.5) => {
        const embed = (x: Nodes) =>
          f.normalize(net.project(net.second(f.relu(net.first(x, source, target)), source, target)))
        const z = f.concat(embed(f.mul(x, mask1)), embed(f.mul(x, mask2)), 0)
        const scores = f.where(f.eye('nodes*2', 'bool'), -1e30, f.div(f.inner(z, z), temperature))
        return f.crossEntropy(scores, f.roll(f.arange('nodes*2'), x.shape[0]!, 0))
      },
  )

export const model = graphContrast(5, 8, 6)
const [nodes, edges] = [f.f32(['nodes', 5]), f.i32(['edges'])]
export const loss = f.entry(
  { x: nodes, mask1: nodes, mask2: nodes, source: edges, target: edges },
  ({ x, mask1, mask2, source, target }) => ({ loss: model(x, mask1, mask2, source, target) }),
)
export const step = nn.fit(model, loss, nn.adam({ learningRate: 1e-2, weightDecay: 1e-5 }))
