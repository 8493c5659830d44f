"""A vector-quantized autoencoder (van den Oord et al., arXiv 1711.00937)."""
import torch
import torch.nn.functional as F
from torch import nn


class Quantizer(nn.Module):
    def __init__(self, count, width, commitment=0.25):
        super().__init__()
        self.codes = nn.Embedding(count, width)
        self.commitment = commitment

    def forward(self, z):
        index = torch.cdist(z, self.codes.weight).argmin(-1)
        code = self.codes(index)
        loss = F.mse_loss(code, z.detach()) + self.commitment * F.mse_loss(z, code.detach())
        return z + (code - z).detach(), loss, index


class VQAutoencoder(nn.Module):
    def __init__(self, features, width, count):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(features, 16), nn.ReLU(), nn.Linear(16, width))
        self.quantizer = Quantizer(count, width)
        self.decoder = nn.Sequential(nn.Linear(width, 16), nn.ReLU(), nn.Linear(16, features))

    def forward(self, x):
        code, loss, _ = self.quantizer(self.encoder(x))
        return F.mse_loss(self.decoder(code), x) + loss


model = VQAutoencoder(6, 4, 8)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def step(x):
    loss = model(x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
