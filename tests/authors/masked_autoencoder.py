"""A masked autoencoder (He et al., arXiv 2111.06377): hidden patches are told from a quarter of the image."""
import torch
from torch import nn


def block(width, heads):
    return nn.TransformerEncoderLayer(
        width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
    )


def patches_of(images, side):
    n, c, h, w = images.shape
    x = images.reshape(n, c, h // side, side, w // side, side)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(n, -1, side * side * c)


class MaskedAutoencoder(nn.Module):
    def __init__(self, size, side, channels, width, narrow, heads):
        super().__init__()
        count, pixels = (size // side) ** 2, side * side * channels
        self.side = side
        self.kept = count // 4
        self.embed = nn.Linear(pixels, width)
        self.positions = nn.Parameter(0.02 * torch.randn(count, width))
        self.encoder = nn.Sequential(block(width, heads), nn.LayerNorm(width))
        self.bottleneck = nn.Linear(width, narrow)
        self.hidden = nn.Parameter(0.02 * torch.randn(narrow))
        self.places = nn.Parameter(0.02 * torch.randn(count, narrow))
        self.decoder = nn.Sequential(
            block(narrow, heads), nn.LayerNorm(narrow), nn.Linear(narrow, pixels)
        )

    def forward(self, images, noise):
        patches = patches_of(images, self.side)
        order = noise.argsort(dim=1)
        back = order.argsort(dim=1)
        tokens = self.embed(patches) + self.positions
        kept = tokens.gather(1, order[:, : self.kept, None].expand(-1, -1, tokens.shape[2]))
        seen = self.bottleneck(self.encoder(kept))
        unseen = self.hidden.expand(len(images), back.shape[1] - self.kept, -1)
        shuffled = torch.cat([seen, unseen], 1)
        everything = shuffled.gather(1, back[:, :, None].expand_as(shuffled))
        told = self.decoder(everything + self.places)
        error = (told - patches).square().mean(-1)
        masked = (back >= self.kept).float()
        return (error * masked).sum() / masked.sum()


model = MaskedAutoencoder(8, 2, 3, 8, 4, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.95))


def step(images, noise):
    loss = model(images, noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
