"""The critic of a Wasserstein GAN with a penalty on its slope (Gulrajani et al., arXiv 1704.00028)."""
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)


def slope_penalty(x):
    x.requires_grad_()
    (slope,) = torch.autograd.grad(model(x).sum(), x, create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean()


def step(real, fake, share, weight=10):
    apart = model(fake).mean() - model(real).mean()
    loss = apart + weight * slope_penalty(torch.lerp(fake, real, share))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
