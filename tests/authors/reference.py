"""Runs the twins in PyTorch and writes what the models of Facet are compared with:

    python3 tests/authors/reference.py > tests/authors/reference.json

Made with PyTorch 1.13, in float64.
"""
import importlib
import json
import math
import pathlib
import re
import sys

import torch

STEPS = 3
torch.set_default_dtype(torch.float64)
folder = pathlib.Path(__file__).parent
sys.path.insert(0, str(folder))

# Parameters of PyTorch's layers that have other names in Facet.
RENAMED = [
    (r"self_attn\.in_proj_", "attn.qkv."),
    (r"self_attn\.out_proj", "attn.proj"),
    (r"\blinear([12])\.", r"mlp.fc\1."),
    (r"\bcodes\.weight", "codes"),
]


def numbers(count, name):
    """`count` numbers from -0.5 to 0.5, the same for the same name as those of `authors.test.ts`."""
    state = 7
    for character in name:
        state = (state * 31 + ord(character)) % 2147483647
    values = []
    for _ in range(count):
        state = (state * 16807) % 2147483647
        values.append(state / 2147483647 - 0.5)
    return values


def start(name, shape):
    """About 1 for scales of norms, else small."""
    values = torch.tensor(numbers(math.prod(shape), name)).reshape(shape)
    return 1 + 0.2 * values if len(shape) == 1 and name.endswith("weight") else 0.6 * values


def floats(name, *shape):
    return torch.tensor(numbers(math.prod(shape), name)).float().double().reshape(shape)


def integers(name, below, *shape):
    values = [math.floor((x + 0.5) * below) for x in numbers(math.prod(shape), name)]
    return torch.tensor(values).reshape(shape)


def hidden(tokens):
    """Every third token is to be told."""
    place = torch.arange(tokens.numel()).reshape(tokens.shape)
    return {"tokens": tokens.masked_fill(place % 3 == 0, 0), "targets": tokens.masked_fill(place % 3 != 0, -100)}


INPUTS = {
    "masked_transformer": hidden(integers("tokens", 32, 4, 6)),
    "cpc": {"x": 2 * floats("x", 4, 8, 5)},
    "graph_contrast": {
        "x": 2 * floats("x", 7, 5),
        "mask1": (floats("mask1", 7, 5) > -0.3).double(),
        "mask2": (floats("mask2", 7, 5) > -0.3).double(),
        "source": integers("source", 7, 16),
        "target": integers("target", 7, 16),
    },
    "masked_autoencoder": {"images": floats("images", 3, 3, 8, 8), "noise": floats("noise", 3, 16)},
    "unet": {"images": floats("images", 2, 3, 8, 8), "masks": (floats("masks", 2, 1, 8, 8) > 0).double()},
    "clip": {"images": floats("images", 4, 3, 8, 8), "tokens": integers("tokens", 16, 4, 5)},
    "lion_muon": {"x": 2 * floats("x", 8, 4), "y": integers("y", 3, 8)},
    "vq": {"x": 2 * floats("x", 8, 6)},
    "gradient_penalty": {
        "real": 2 * floats("real", 6, 4),
        "fake": 2 * floats("fake", 6, 4),
        "share": floats("share", 6, 1) + 0.5,
    },
    "maml": {name: 2 * floats(name, 3, 5, 1) for name in ["x", "y", "newX", "newY"]},
    "config_mlp": {"x": 2 * floats("x", 8, 6), "y": integers("y", 3, 8)},
    "mining": {"x": 2 * floats("x", 12, 5), "labels": integers("labels", 3, 12)},
}


def run(name, inputs):
    twin = importlib.import_module(name)
    parameters = {}
    for own, parameter in twin.model.named_parameters():
        for pattern, by in RENAMED:
            own = re.sub(pattern, by, own)
        parameters[own] = parameter
        parameter.data.copy_(start(own, tuple(parameter.shape)))
    losses, gradients = [], {}
    for _ in range(STEPS):
        # The last one that reaches a parameter in a step is the loss's, before it is clipped.
        seen = {}
        hooks = [
            parameter.register_hook(lambda gradient, own=own: seen.update({own: gradient.flatten().tolist()}))
            for own, parameter in parameters.items()
        ]
        losses.append(twin.step(*inputs.values()).item())
        gradients = gradients or {own: seen[own] for own in parameters}
        for hook in hooks:
            hook.remove()
    return losses, gradients


def rounded(values):
    return [float(f"{value:.8g}") for value in values]


results = {}
for name, inputs in INPUTS.items():
    losses, gradients = run(name, inputs)
    results[name.replace("_", "-")] = {
        "inputs": {
            own: {"shape": list(value.shape), "values": rounded(value.flatten().tolist())}
            for own, value in inputs.items()
        },
        "losses": losses,
        "gradients": {own: rounded(values) for own, values in gradients.items()},
    }
lines = [f'  "{name}": {json.dumps(result)}' for name, result in results.items()]
print("{\n" + ",\n".join(lines) + "\n}")
