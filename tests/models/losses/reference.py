"""Losses of methods, written in PyTorch from their formulas; writes what those of Facet are compared with:

    python3 tests/models/losses/reference.py > tests/models/losses/reference.json

Made with PyTorch 1.13, in float64.
"""
import json
import math

import torch
from torch.nn.functional import cross_entropy, layer_norm, log_softmax, normalize, smooth_l1_loss, softmax

torch.set_default_dtype(torch.float64)


def numbers(count, name):
    """`count` numbers from -0.5 to 0.5, the same for the same name as those of `reference.test.ts`."""
    state = 7
    for character in name:
        state = (state * 31 + ord(character)) % 2147483647
    values = []
    for _ in range(count):
        state = (state * 16807) % 2147483647
        values.append(state / 2147483647 - 0.5)
    return values


def told_apart(q, k, queue, temperature):
    """Cross-entropy of each row of `q` with its row of `k` first and the rows of `queue` after it."""
    scores = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], 1) / temperature
    return cross_entropy(scores, torch.zeros(len(q), dtype=torch.long))


def densecl(q, k, dense, kDense, maps, kMaps, queue, denseQueue, temperature=0.2, weight=0.5):
    k, kDense, queue, denseQueue = (x.detach() for x in (k, kDense, queue, denseQueue))
    whole = told_apart(normalize(q, dim=1), normalize(k, dim=1), queue, temperature)
    alike = torch.einsum("npc,nqc->npq", normalize(maps, dim=2), normalize(kMaps, dim=2))
    keys = torch.stack([rows[nearest] for rows, nearest in zip(normalize(kDense, dim=2), alike.argmax(2))])
    parts = told_apart(normalize(dense, dim=2).flatten(0, 1), keys.flatten(0, 1), denseQueue, temperature)
    return (1 - weight) * whole + weight * parts


def balanced(q, turns=3):
    """Sinkhorn and Knopp on positive numbers `[N, K]`: columns sum to N / K, rows to 1."""
    q = q / q.sum()
    for _ in range(turns):
        q = q / q.sum(0, keepdim=True) / q.shape[1]
        q = q / q.sum(1, keepdim=True) / q.shape[0]
    return q * q.shape[0]


def msn(anchors, targets, prototypes, temperature=0.1, sharpening=0.25, me_max=1.0, sinkhorn=True):
    def probabilities(rows):
        return softmax(normalize(rows, dim=1) @ normalize(prototypes, dim=1).T / temperature, 1)

    p = probabilities(anchors)
    with torch.no_grad():
        t = probabilities(targets) ** (1 / sharpening)
        t = t / t.sum(1, keepdim=True)
        t = balanced(t) if sinkhorn else t
    mean = p.mean(0)
    entropy = -(mean * mean.log()).sum()
    return -(t * p.log()).sum(1).mean() + me_max * (math.log(len(prototypes)) - entropy)


def koleo(x, epsilon=1e-8):
    unit = normalize(x, dim=1)
    dots = unit @ unit.T
    nearest = dots.detach().fill_diagonal_(-1).argmax(1)
    # PyTorch's pairwise_distance adds epsilon to every component of the difference.
    distance = (unit - unit[nearest] + epsilon).norm(dim=1)
    return -(distance + epsilon).log().mean()


def ibot(student, teacher, mask, centre, student_temperature=0.1, teacher_temperature=0.04):
    mask = (mask > 0).double().detach()
    target = softmax((teacher - centre) / teacher_temperature, -1).detach()
    each = -(target * log_softmax(student / student_temperature, -1)).sum(-1)
    return ((each * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()


def mae(told, patches, mask):
    mask = (mask > 0).double().detach()
    patches = patches.detach()
    target = (patches - patches.mean(-1, keepdim=True)) / (patches.var(-1, keepdim=True) + 1e-6).sqrt()
    return (((told - target) ** 2).mean(-1) * mask).sum() / mask.sum()


def jepa(told, target):
    return smooth_l1_loss(told, layer_norm(target.detach(), target.shape[-1:]))


def siglip(a, b, logScale, bias):
    scores = logScale.exp() * normalize(a, dim=1) @ normalize(b, dim=1).T + bias
    signs = 2 * torch.eye(len(a)) - 1
    return -torch.nn.functional.logsigmoid(signs * scores).sum() / len(a)


CASES = {
    "densecl": (
        densecl,
        dict(q=[4, 6], k=[4, 6], dense=[4, 5, 6], kDense=[4, 5, 6], maps=[4, 5, 3], kMaps=[4, 5, 3], queue=[9, 6], denseQueue=[7, 6]),
        {},
    ),
    "msn": (msn, dict(anchors=[6, 5], targets=[6, 5], prototypes=[4, 5]), {}),
    "msn-plain": (
        msn,
        dict(anchors=[6, 5], targets=[6, 5], prototypes=[4, 5]),
        dict(temperature=0.2, sharpening=0.5, me_max=0.3, sinkhorn=False),
    ),
    "koleo": (koleo, dict(x=[7, 4]), {}),
    "ibot": (ibot, dict(student=[3, 5, 4], teacher=[3, 5, 4], mask=[3, 5], centre=[4]), {}),
    "mae": (mae, dict(told=[3, 5, 8], patches=[3, 5, 8], mask=[3, 5]), {}),
    "jepa": (jepa, dict(told=[3, 5, 8], target=[3, 5, 8]), {}),
    "siglip": (siglip, dict(a=[5, 4], b=[5, 4], logScale=[], bias=[]), {}),
}


def run(loss, shapes, options):
    inputs = {
        name: (4 * torch.tensor(numbers(math.prod(shape), name))).reshape(shape).requires_grad_()
        for name, shape in shapes.items()
    }
    value = loss(**inputs, **options)
    gradients = torch.autograd.grad(value, list(inputs.values()), allow_unused=True)
    return {
        "shapes": shapes,
        "options": options,
        "loss": value.item(),
        "gradients": {
            name: (torch.zeros_like(x) if g is None else g).flatten().tolist()
            for (name, x), g in zip(inputs.items(), gradients)
        },
    }


if __name__ == "__main__":
    lines = [f"{json.dumps(name)}: {json.dumps(run(*case))}" for name, case in CASES.items()]
    print("{\n" + ",\n".join(lines) + "\n}")
