"""Graph contrast in the manner of GRACE (Zhu et al., arXiv 2006.04131): a node is told from others in two views of a graph."""
import torch
import torch.nn.functional as F
from torch import nn


class GraphConvolution(nn.Module):
    def __init__(self, features, out):
        super().__init__()
        self.own = nn.Linear(features, out)
        self.neighbours = nn.Linear(features, out, bias=False)

    def forward(self, x, source, target):
        ones = torch.ones(len(target), 1)
        degree = torch.zeros(len(x), 1).index_add(0, target, ones)
        total = torch.zeros_like(x).index_add(0, target, x[source])
        return self.own(x) + self.neighbours(total / degree.clamp(min=1))


class GraphContrast(nn.Module):
    def __init__(self, features, hidden, out):
        super().__init__()
        self.first = GraphConvolution(features, hidden)
        self.second = GraphConvolution(hidden, hidden)
        self.project = nn.Sequential(
            nn.Linear(hidden, out), nn.ELU(), nn.Linear(out, out)
        )

    def embed(self, x, source, target):
        h = F.relu(self.first(x, source, target))
        return F.normalize(self.project(self.second(h, source, target)), dim=-1)

    def forward(self, x, mask1, mask2, source, target, temperature=0.5):
        views = [self.embed(x * mask, source, target) for mask in (mask1, mask2)]
        z = torch.cat(views)
        scores = (z @ z.T / temperature).fill_diagonal_(-1e30)
        partner = torch.arange(len(z)).roll(len(x))
        return F.cross_entropy(scores, partner)


model = GraphContrast(5, 8, 6)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)


def step(*graph):
    loss = model(*graph)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
