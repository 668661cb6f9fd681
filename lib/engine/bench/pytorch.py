"""The cases of cases.ts in PyTorch, for comparison: pytorch.py CASE THREADS. Speaks the lines of worker.ts."""
import json
import resource
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

NAME, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(b, t, d))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self, image, channels, patch, width, depth, heads):
        super().__init__()
        self.embed = nn.Conv2d(channels, width, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (image // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images):
        x = self.embed(images)
        grid = x.shape[-1]
        positions = self.positions
        side = int((positions.shape[1] - 1) ** 0.5)
        if side != grid:
            plane = positions[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
            plane = F.interpolate(plane, (grid, grid), mode="bicubic", align_corners=False)
            positions = torch.cat([positions[:, :1], plane.flatten(2).transpose(1, 2)], 1)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x.flatten(2).transpose(1, 2)], 1) + positions
        return self.norm(self.blocks(x)[:, 0])


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, first):
        super().__init__()
        conv = lambda i, o, k, s=1: nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o))
        self.a, self.b, self.c = conv(inputs, width, 1), conv(width, width, 3, stride), conv(width, 4 * width, 1)
        self.skip = conv(inputs, 4 * width, 1, stride) if first else nn.Identity()

    def forward(self, x):
        return F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))) + self.skip(x))


def resnet50(classes):
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, count in enumerate([3, 4, 6, 3]):
        for i in range(count):
            layers.append(Bottleneck(inputs, 64 * 2**stage, 2 if i == 0 and stage else 1, i == 0))
            inputs = 256 * 2**stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, classes))


class DinoHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(384, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256))
        self.last = nn.Linear(256, 4096, bias=False)

    def forward(self, x):
        return self.last(F.normalize(self.mlp(x), dim=-1))


def supervised(model, images, classes):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.05)
    labels = torch.randint(0, classes, (len(images),))

    def run():
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()

    return run


def dino():
    student, teacher = [nn.ModuleList([Vit(112, 3, 8, 384, 12, 6), DinoHead()]) for _ in range(2)]
    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-6, weight_decay=0.05)
    globals_, locals_ = torch.randn(4, 3, 112, 112), torch.randn(16, 3, 42, 42)

    def run():
        optimizer.zero_grad()
        with torch.no_grad():
            targets = (teacher[1](teacher[0](globals_)) / 0.04).softmax(-1).chunk(2)
        features = torch.cat([student[0](globals_), student[0](locals_)])
        views = (student[1](features) / 0.1).log_softmax(-1).chunk(10)
        (-sum((t * v).sum(-1).mean() for t in targets for v in views) / 20).backward()
        optimizer.step()
        with torch.no_grad():
            for t, s in zip(teacher.parameters(), student.parameters()):
                t.mul_(0.996).add_(s, alpha=0.004)

    return run


def features():
    model, images = Vit(112, 3, 8, 384, 12, 6).eval(), torch.randn(16, 3, 112, 112)

    def run():
        with torch.no_grad():
            model(images)

    return run


def knn():
    from sklearn.neighbors import NearestNeighbors

    random = numpy.random.default_rng(1)
    bank, queries = [random.standard_normal((count, 384), dtype=numpy.float32) for count in (20000, 2000)]
    search = NearestNeighbors(n_neighbors=20, algorithm="brute").fit(bank)
    return lambda: search.kneighbors(queries)


def sgemm():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return lambda: a @ b


CASES = {
    "sgemm": sgemm,
    "vit-small": lambda: supervised(nn.Sequential(Vit(64, 1, 8, 192, 6, 3), nn.Linear(192, 10)), torch.randn(64, 1, 64, 64), 10),
    "vit-s8": lambda: supervised(nn.Sequential(Vit(112, 3, 8, 384, 12, 6), nn.Linear(384, 100)), torch.randn(8, 3, 112, 112), 100),
    "dino": dino,
    "resnet50": lambda: supervised(resnet50(100), torch.randn(16, 3, 112, 112), 100),
    "features": features,
    "knn": knn,
}


def say(**line):
    print(json.dumps(line), flush=True)


run = CASES[NAME]()
run()
say(ready=True, version=torch.__version__)
for _ in sys.stdin:
    started, cpu = time.perf_counter(), time.process_time()
    run()
    say(ms=(time.perf_counter() - started) * 1e3, cpuMs=(time.process_time() - cpu) * 1e3)
say(peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
