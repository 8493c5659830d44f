"""Two optimizers: Lion (Chen et al., arXiv 2302.06675) for all but matrices, which have Muon (Jordan et al., 2024)."""
import torch
import torch.nn.functional as F
from torch import nn


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.99)):
        super().__init__(parameters, {"lr": lr, "betas": betas})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                m = state["momentum"]
                p.sub_(torch.lerp(p.grad, m, b1).sign(), alpha=group["lr"])
                m.copy_(torch.lerp(p.grad, m, b2))


def orthogonal(x, steps=5):
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (2.0315 * a @ a - 4.775 * a) @ x
    return x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                m = state["momentum"]
                m.mul_(group["momentum"]).add_(p.grad)
                scale = max(1, p.shape[0] / p.shape[1]) ** 0.5
                p.sub_(orthogonal(m), alpha=group["lr"] * scale)


model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))
matrices = [p for p in model.parameters() if p.ndim == 2]
others = [p for p in model.parameters() if p.ndim != 2]
optimizers = [Muon(matrices, lr=0.02), Lion(others, lr=1e-3)]


def step(x, y):
    loss = F.cross_entropy(model(x), y)
    model.zero_grad()
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
    return loss
