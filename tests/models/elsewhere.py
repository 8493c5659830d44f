"""Features of torchvision's ResNet with weights that Facet wrote: elsewhere.py NAME WEIGHTS IMAGES SIDE, float32 images, to standard output."""
import json
import sys

import numpy as np
import torch
import torchvision

name, weights, images, side = sys.argv[1:]
content = open(weights, "rb").read()
length = int.from_bytes(content[:8], "little")
header = json.loads(content[8 : 8 + length])
header.pop("__metadata__", None)
tensors = {}
for key, entry in header.items():
    start, end = (8 + length + offset for offset in entry["data_offsets"])
    tensors[key] = torch.from_numpy(np.frombuffer(content[start:end], "<f4").reshape(entry["shape"]).copy())
model = getattr(torchvision.models, name)()
model.fc = torch.nn.Identity()
expected = {key: list(value.shape) for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")}
assert expected == {key: list(value.shape) for key, value in tensors.items()}, "names and shapes are not torchvision's"
model.load_state_dict(tensors)
model.eval()
with torch.no_grad():
    x = torch.from_numpy(np.fromfile(images, "<f4").reshape(-1, 3, int(side), int(side)))
    sys.stdout.buffer.write(model(x).numpy().astype("<f4").tobytes())
