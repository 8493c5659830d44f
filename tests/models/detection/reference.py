"""
Boxes and figures for average-precision.test.ts: COCO's by pycocotools, VOC's by the rules of the development kit (VOCevaldet.m,
VOCap.m) on corners that count pixels from 1. Writes reference.json beside itself: python reference.py
"""
import contextlib
import io
import json
import pathlib
import random

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

random.seed(7)
IMAGES, CLASSES, SIDE = 12, 3, 400


def box():
    size = random.choice([12, 25, 60, 90, 150, 260])
    w, h = random.randint(size // 2, size), random.randint(size // 2, size)
    x, y = random.randint(1, SIDE - w), random.randint(1, SIDE - h)
    return [x, y, x + w - 1, y + h - 1]  # corners, both inside


truths, found = [], []
for image in range(IMAGES):
    for _ in range(random.randint(2, 7)):
        label, corners = random.randrange(CLASSES), box()
        truths.append(dict(image=image, label=label, corners=corners, difficult=random.random() < 0.15, crowd=False))
        for _ in range(random.randint(0, 3)):
            shift = [c + random.randint(-8, 8) for c in corners]
            if shift[2] > shift[0] and shift[3] > shift[1]:
                wanted = label if random.random() < 0.85 else random.randrange(CLASSES)
                found.append(dict(image=image, label=wanted, corners=shift, score=round(random.random(), 6)))
    for _ in range(random.randint(0, 3)):
        found.append(dict(image=image, label=random.randrange(CLASSES), corners=box(), score=round(random.random() / 2, 6)))
for truth in truths[::11]:
    truth.update(crowd=True, difficult=False)


def coco():
    xywh = lambda c: [c[0] - 1, c[1] - 1, c[2] - c[0] + 1, c[3] - c[1] + 1]
    with contextlib.redirect_stdout(io.StringIO()):
        gt = COCO()
        gt.dataset = dict(
            images=[dict(id=i + 1) for i in range(IMAGES)],
            categories=[dict(id=c + 1, name=str(c)) for c in range(CLASSES)],
            annotations=[
                dict(id=n + 1, image_id=t["image"] + 1, category_id=t["label"] + 1, bbox=xywh(t["corners"]),
                     area=xywh(t["corners"])[2] * xywh(t["corners"])[3], iscrowd=int(t["crowd"]))
                for n, t in enumerate(truths) if not t["difficult"]
            ],
        )
        gt.createIndex()
        dt = gt.loadRes([
            dict(image_id=d["image"] + 1, category_id=d["label"] + 1, bbox=xywh(d["corners"]), score=d["score"]) for d in found
        ])
        run = COCOeval(gt, dt, "bbox")
        run.evaluate(), run.accumulate(), run.summarize()
    return [float(x) for x in run.stats]


def voc(points):
    scores = []
    for label in range(CLASSES):
        # Crowds are COCO's alone.
        gt = [t for t in truths if t["label"] == label and not t["crowd"]]
        used = np.zeros(len(gt), bool)
        positives = sum(not t["difficult"] for t in gt)
        dets = sorted((d for d in found if d["label"] == label), key=lambda d: -d["score"])
        tp, fp = np.zeros(len(dets)), np.zeros(len(dets))
        for k, d in enumerate(dets):
            most, at = -np.inf, -1
            for j, t in enumerate(gt):
                if t["image"] != d["image"]:
                    continue
                a, b = d["corners"], t["corners"]
                iw, ih = min(a[2], b[2]) - max(a[0], b[0]) + 1, min(a[3], b[3]) - max(a[1], b[1]) + 1
                if iw > 0 and ih > 0:
                    size = lambda c: (c[2] - c[0] + 1) * (c[3] - c[1] + 1)
                    iou = iw * ih / (size(a) + size(b) - iw * ih)
                    if iou > most:
                        most, at = iou, j
            if most >= 0.5:
                if not gt[at]["difficult"]:
                    if used[at]:
                        fp[k] = 1
                    else:
                        tp[k], used[at] = 1, True
            else:
                fp[k] = 1
        ctp, cfp = np.cumsum(tp), np.cumsum(fp)
        keep = (ctp + cfp) > 0
        recall, precision = (ctp / positives)[keep], (ctp[keep] / (ctp + cfp)[keep])
        if points == 11:
            scores.append(np.mean([max(precision[recall >= t / 10], default=0) for t in range(11)]))
        else:
            r, p = np.concatenate([[0], recall, [1]]), np.concatenate([[0], precision, [0]])
            p = np.maximum.accumulate(p[::-1])[::-1]
            steps = np.where(r[1:] != r[:-1])[0] + 1
            scores.append(np.sum((r[steps] - r[steps - 1]) * p[steps]))
    return [float(s) for s in scores]


out = dict(truths=truths, found=found, coco=coco(), voc11=voc(11), vocAll=voc("all"))
(pathlib.Path(__file__).parent / "reference.json").write_text(json.dumps(out) + "\n")
