"""Losses that look for what is hard: batch-hard triplets (Hermans et al., arXiv 1703.07737) and the hardest negatives."""
import torch
import torch.nn.functional as F
from torch import nn


def hard_triplets(z, labels, margin=0.3):
    distance = torch.cdist(z, z)
    same = labels[:, None] == labels
    farthest = distance.masked_fill(~same, 0).amax(1)
    nearest = distance.masked_fill(same, torch.inf).amin(1)
    return F.relu(farthest - nearest + margin).mean()


def hard_negatives(z, labels, count=4, temperature=0.1):
    scores = z @ z.T / temperature
    same = labels[:, None] == labels
    own = torch.eye(len(z), dtype=torch.bool)
    hardest = scores.masked_fill(same, -1e30).topk(count, dim=1).values
    positive = scores.masked_fill(~same | own, -1e30).amax(1)
    return (torch.cat([positive[:, None], hardest], 1).logsumexp(1) - positive).mean()


model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def step(x, labels):
    z = F.normalize(model(x), dim=1)
    loss = hard_triplets(z, labels) + hard_negatives(z, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
