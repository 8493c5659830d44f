"""CLIP (Radford et al., arXiv 2103.00020): images and captions are told apart by each other."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class ImageTower(nn.Module):
    def __init__(self, channels, width, out):
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 3, stride=2, padding=1)
        self.deep = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.project = nn.Linear(2 * width, out, bias=False)

    def forward(self, images):
        x = F.gelu(self.deep(F.gelu(self.stem(images))))
        return F.normalize(self.project(x.mean((2, 3))), dim=-1)


class TextTower(nn.Module):
    def __init__(self, vocabulary, length, width, heads, out):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(0.01 * torch.randn(length, width))
        self.block = nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, out, bias=False)

    def forward(self, tokens):
        x = self.words(tokens) + self.positions
        causal = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        x = self.norm(self.block(x, causal))
        return F.normalize(self.project(x[:, -1]), dim=-1)


class CLIP(nn.Module):
    def __init__(self, image, text):
        super().__init__()
        self.image = image
        self.text = text
        self.scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, images, tokens):
        scores = self.scale.exp() * self.image(images) @ self.text(tokens).T
        labels = torch.arange(len(scores))
        return (F.cross_entropy(scores, labels) + F.cross_entropy(scores.T, labels)) / 2


model = CLIP(ImageTower(3, 4, 6), TextTower(16, 5, 8, 2, 6))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.2)


def step(images, tokens):
    loss = model(images, tokens)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
