"""A masked language model in the manner of BERT: words are hidden, and told from the others."""
import torch
import torch.nn.functional as F
from torch import nn


class MaskedTransformer(nn.Module):
    def __init__(self, vocabulary, length, width, heads, depth):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.Sequential(
            *[
                nn.TransformerEncoderLayer(
                    width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
                )
                for _ in range(depth)
            ]
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.head(self.norm(self.blocks(self.words(tokens) + self.positions)))


model = MaskedTransformer(32, 6, 8, 2, 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)


def step(tokens, targets):
    logits = model(tokens)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss
