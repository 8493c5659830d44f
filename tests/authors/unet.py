"""A U-Net (Ronneberger et al., arXiv 1505.04597) with group norms, for masks of objects."""
import torch
import torch.nn.functional as F
from torch import nn


def stage(channels, out):
    return nn.Sequential(
        nn.Conv2d(channels, out, 3, padding=1),
        nn.GroupNorm(2, out),
        nn.ReLU(),
        nn.Conv2d(out, out, 3, padding=1),
        nn.GroupNorm(2, out),
        nn.ReLU(),
    )


class UNet(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        ins = [channels, *widths]
        self.down = nn.ModuleList(stage(i, o) for i, o in zip(ins, widths))
        ups = list(zip(widths[1:], widths))[::-1]
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, stride=2) for i, o in ups)
        self.join = nn.ModuleList(stage(2 * o, o) for _, o in ups)
        self.head = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x):
        skips = []
        for stage in self.down:
            x = stage(F.max_pool2d(x, 2) if skips else x)
            skips.append(x)
        skips.pop()
        for up, join in zip(self.up, self.join):
            x = join(torch.cat([skips.pop(), up(x)], 1))
        return self.head(x)


model = UNet(3, [4, 6, 8])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def step(images, masks):
    loss = F.binary_cross_entropy_with_logits(model(images), masks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
