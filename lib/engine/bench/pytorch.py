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


class LayerScale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, width, heads, second):
        super().__init__()
        self.ls1, self.ls2 = (LayerScale(width), LayerScale(width)) if second else (nn.Identity(), nn.Identity())
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5).softmax(-1)
        x = x + self.ls1(self.proj((weights @ v).transpose(1, 2).reshape(b, t, d)))
        return x + self.ls2(self.fc2(F.gelu(self.fc1(self.norm2(x)))))


class Vit(nn.Module):
    def __init__(self, image, channels, patch, width, depth, heads, second=False):
        super().__init__()
        self.mask = nn.Parameter(torch.zeros(width)) if second else None
        self.embed = nn.Conv2d(channels, width, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (image // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads, second) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images):
        return self.norm(self.tokens(images)[:, 0])

    def tokens(self, images, masks=None):
        x = self.embed(images)
        grid = x.shape[-1]
        positions = self.positions
        side = int((positions.shape[1] - 1) ** 0.5)
        if side != grid:
            plane = positions[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
            plane = F.interpolate(plane, (grid, grid), mode="bicubic", align_corners=False)
            positions = torch.cat([positions[:, :1], plane.flatten(2).transpose(1, 2)], 1)
        x = x.flatten(2).transpose(1, 2)
        if masks is not None:
            x = torch.where(masks.unsqueeze(-1), self.mask, x)
        return self.blocks(torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + positions)


def normed_conv(inputs, outputs, size, stride=1, dilation=1):
    conv = nn.Conv2d(inputs, outputs, size, stride, size // 2 * dilation, dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride, dilation, first):
        super().__init__()
        self.a, self.c = normed_conv(inputs, width, 1), normed_conv(width, 4 * width, 1)
        self.b = normed_conv(width, width, 3, stride, dilation)
        self.skip = normed_conv(inputs, 4 * width, 1, stride) if first else nn.Identity()

    def forward(self, x):
        return F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))) + self.skip(x))


def resnet_map(dilated):
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, count in enumerate([3, 4, 6, 3]):
        spread = dilated and stage > 1
        for i in range(count):
            stride = 2 if i == 0 and stage and not spread else 1
            dilation = 2 ** (stage - (2 if i == 0 else 1)) if spread else 1
            layers.append(Bottleneck(inputs, 64 * 2**stage, stride, dilation, i == 0))
            inputs = 256 * 2**stage
    return nn.Sequential(*layers)


def resnet50(classes):
    return nn.Sequential(resnet_map(False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, classes))


class Deeplab(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = resnet_map(True)
        wide = [normed_conv(2048, 256, 3, dilation=rate) for rate in (12, 24, 36)]
        self.branches = nn.ModuleList([normed_conv(2048, 256, 1), *wide])
        self.pool = normed_conv(2048, 256, 1)
        self.project, self.refine = normed_conv(5 * 256, 256, 1), normed_conv(256, 256, 3)
        self.score = nn.Conv2d(256, 1, 1)

    def forward(self, images):
        x = self.backbone(images)
        parts = [F.relu(branch(x)) for branch in self.branches]
        parts.append(F.relu(self.pool(x.mean((2, 3), keepdim=True))).expand(-1, -1, *x.shape[2:]))
        x = F.relu(self.refine(F.relu(self.project(torch.cat(parts, 1)))))
        return F.interpolate(self.score(x), images.shape[2:], mode="bilinear", align_corners=False)


class DinoHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(384, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256))
        self.last = nn.Linear(256, 4096, bias=False)

    def forward(self, x):
        return self.last(F.normalize(self.mlp(x), dim=-1))


def adamw(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.05)


def training(model, loss):
    optimizer = adamw(model)

    def run():
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return run


def supervised(model, images, classes):
    labels = torch.randint(0, classes, (len(images),))
    return training(model, lambda: F.cross_entropy(model(images), labels))


def deeplab():
    model, images = Deeplab(), torch.randn(4, 3, 112, 112)
    masks = torch.randint(0, 2, (4, 1, 112, 112)).float()
    return training(model, lambda: F.binary_cross_entropy_with_logits(model(images), masks))


def koleo(x):
    unit = F.normalize(x, dim=-1)
    nearest = (unit @ unit.T - 3 * torch.eye(len(x))).max(-1).values
    return -(F.relu(2 - 2 * nearest).sqrt() + 1e-8).log().mean()


def dino(second):
    def network():
        return nn.ModuleList([Vit(112, 3, 8, 384, 12, 6, second), *[DinoHead() for _ in range(2 if second else 1)]])

    student, teacher = network(), network()
    globals_, locals_ = torch.randn(4, 3, 112, 112), torch.randn(16, 3, 42, 42)
    masks, masked = torch.randint(0, 2, (4, 196)).bool(), torch.randint(0, 4 * 196, (200,))

    def views(cls, target):
        targets = (target / 0.04).softmax(-1).chunk(2)
        scores = (student[1](torch.cat([cls, student[0](locals_)])) / 0.1).log_softmax(-1).chunk(10)
        return -sum((t * s).sum(-1).mean() for t in targets for s in scores) / 20

    def first():
        with torch.no_grad():
            target = teacher[1](teacher[0](globals_))
        return views(student[0](globals_), target)

    def encode(network, masks=None):
        tokens = network[0].norm(network[0].tokens(globals_, masks))
        return tokens[:, 0], tokens[:, 1:].flatten(0, 1)[masked]

    def dinov2():
        with torch.no_grad():
            cls, patches = encode(teacher)
            target, wanted = teacher[1](cls), (teacher[2](patches) / 0.04).softmax(-1)
        cls, patches = encode(student, masks)
        ibot = -(wanted * (student[2](patches) / 0.1).log_softmax(-1)).sum(-1).mean()
        return views(cls, target) + ibot + 0.1 * koleo(cls)

    step = training(student, dinov2 if second else first)

    def run():
        step()
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

    def run():
        c = a
        for _ in range(8):
            c = c @ b

    return run


CASES = {
    "sgemm": sgemm,
    "vit-small": lambda: supervised(nn.Sequential(Vit(64, 1, 8, 192, 6, 3), nn.Linear(192, 10)), torch.randn(64, 1, 64, 64), 10),
    "vit-s8": lambda: supervised(nn.Sequential(Vit(112, 3, 8, 384, 12, 6), nn.Linear(384, 100)), torch.randn(8, 3, 112, 112), 100),
    "dino": lambda: dino(False),
    "dinov2": lambda: dino(True),
    "resnet50": lambda: supervised(resnet50(100), torch.randn(16, 3, 112, 112), 100),
    "deeplab": deeplab,
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
