"""The rows of indices.ts in PyTorch: the least milliseconds of 30 calls after as many, with one and two threads, inputs and results in place.

    python3 tests/bench/indices.py
"""

import time

import torch
import torch.nn.functional as F


def segments(rows, groups):
    x, index = torch.rand(rows, 32), torch.randint(groups, (rows,))
    return lambda: torch.zeros(groups, 32).index_add_(0, index, x)


def tokens(words):
    w, t = torch.rand(words, 64, requires_grad=True), torch.randint(words, (1024,))
    return lambda: torch.autograd.grad(F.embedding(t, w).square().mean(), w)


def largest(k):
    x = torch.rand(64, 4096)
    return lambda: x.topk(k)


def ordered(size):
    x = torch.rand(4, size)
    return lambda: x.sort(1)


rows = {
    **{f"segment sum of {4 * n} rows of 32 into {n}": segments(4 * n, n) for n in (500, 2000, 8000)},
    **{f"gradient of an embedding [{n}, 64] at 1024 tokens": tokens(n) for n in (1000, 8000, 32000)},
    **{f"top {k} of [64, 4096]": largest(k) for k in (4, 16, 64)},
    **{f"sort [4, {n}]": ordered(n) for n in (1024, 4096, 16384)},
}
for name, call in rows.items():
    times = {}
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for i in range(60):
            start = time.perf_counter()
            call()
            if i >= 30:
                times.setdefault(threads, []).append(1e3 * (time.perf_counter() - start))
    print(f"{name:52} {min(times[1]):.3f} {min(times[2]):.3f}")
