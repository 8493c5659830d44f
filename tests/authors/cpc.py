"""Contrastive predictive coding (van den Oord et al., arXiv 1807.03748): a GRU tells what comes next from other sequences."""
import torch
import torch.nn.functional as F
from torch import nn


class CPC(nn.Module):
    def __init__(self, features, width, hidden, ahead):
        super().__init__()
        self.encoder = nn.Linear(features, width)
        self.context = nn.GRU(width, hidden, batch_first=True)
        self.predictors = nn.ModuleList(nn.Linear(hidden, width) for _ in range(ahead))

    def forward(self, x):
        z = F.relu(self.encoder(x))
        c, _ = self.context(z)
        losses = []
        for i, predict in enumerate(self.predictors, 1):
            scores = torch.einsum("ntd,mtd->tnm", predict(c[:, :-i]), z[:, i:])
            losses.append(-scores.log_softmax(-1).diagonal(dim1=1, dim2=2).mean())
        return torch.stack(losses).mean()


model = CPC(5, 6, 7, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def step(x):
    loss = model(x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
