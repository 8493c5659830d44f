"""A perceptron whose layers stand in a configuration, residual blocks included."""
import torch
import torch.nn.functional as F
from torch import nn

config = {
    "inputs": 6,
    "layers": [
        {"kind": "linear", "width": 16},
        {"kind": "act", "of": "gelu"},
        {
            "kind": "residual",
            "layers": [
                {"kind": "norm"},
                {"kind": "linear", "width": 16},
                {"kind": "act", "of": "silu"},
                {"kind": "dropout", "rate": 0.0},
            ],
        },
        {"kind": "norm"},
        {"kind": "linear", "width": 3},
    ],
}
activations = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU}


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


def build(width, layers):
    made = []
    for layer in layers:
        kind = layer["kind"]
        if kind == "linear":
            made.append(nn.Linear(width, layer["width"]))
            width = layer["width"]
        elif kind == "norm":
            made.append(nn.LayerNorm(width))
        elif kind == "act":
            made.append(activations[layer["of"]]())
        elif kind == "dropout":
            made.append(nn.Dropout(layer["rate"]))
        elif kind == "residual":
            made.append(Residual(build(width, layer["layers"])))
        else:
            raise ValueError(f"no layer of kind {kind}")
    return nn.Sequential(*made)


model = build(config["inputs"], config["layers"])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)


def step(x, y):
    loss = F.cross_entropy(model(x), y, label_smoothing=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
