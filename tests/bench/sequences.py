"""The models of sequences.ts in PyTorch, with two threads: milliseconds of each step, losses and the largest resident set, as JSON.

    python3 tests/bench/sequences.py transformer '{"vocabulary": 32000, ...}'
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

name, size = sys.argv[1], json.loads(sys.argv[2])
torch.set_num_threads(2)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask):
        n, length, width = x.shape
        parts = self.qkv(self.norm1(x)).view(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = parts
        scores = (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).masked_fill(mask, -1e30)
        x = x + self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, width))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    def __init__(self, vocabulary, tokens, width, heads, depth, **_):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.position = nn.Parameter(0.02 * torch.randn(tokens, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary)
        self.register_buffer("mask", torch.ones(tokens, tokens, dtype=torch.bool).triu(1))

    def forward(self, x):
        x = self.embed(x) + self.position
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x))


class Recurrent(nn.Module):
    def __init__(self, features, width, **_):
        super().__init__()
        self.gru, self.head = nn.GRU(features, width, batch_first=True), nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


if name == "transformer":
    model = Transformer(**size)
    x = torch.randint(size["vocabulary"], (size["batch"], size["tokens"]))
    y = torch.randint(size["vocabulary"], (size["batch"], size["tokens"]))
    loss_of = lambda: F.cross_entropy(model(x).flatten(0, 1), y.flatten())
else:
    model = Recurrent(**size)
    x, y = torch.randn(size["batch"], size["tokens"], size["features"]), torch.randn(size["batch"], 1)
    loss_of = lambda: F.mse_loss(model(x), y)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
times, losses = [], []
for _ in range(size["steps"] + 1):
    start = time.perf_counter()
    loss = loss_of()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    times.append(1e3 * (time.perf_counter() - start))
resident = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"times": times[1:], "losses": losses, "resident": resident}))
