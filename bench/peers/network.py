"""The stacked hourglass network with the paper's heads in plain PyTorch, as its users would write it.

It is written from the paper, independently of the C++ network; only the names of the tensors are the same, so that the
two can exchange weights. It checks the C++ network (tests/model) and is a peer of it (bench).

    stored = safetensors.safe_open("weights.safetensors", "pt")
    network = Network(**specification(stored.metadata()))
    network.load_state_dict(safetensors.torch.load_file("weights.safetensors"), strict=False)
    maps = network(images)          # per stack (B, K, P/4, P/4), for images (B, 3, P, P), P a multiple of 64
"""
import json
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional


def specification(metadata):
    """The arguments of Network from the metadata of a weights file; groups become lists of part numbers."""
    model, parts = json.loads(metadata["model"]), json.loads(metadata["parts"])
    wanted = {key: model[key] for key in ("stacks", "features", "head", "depth", "width", "fusion")}
    return wanted | {"parts": len(parts), "groups": [[parts.index(part) for part in group] for group in model["groups"]]}


def convolution(inputs, outputs, kernel=1):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)


def normalised_convolution(inputs, outputs, kernel=1):
    return nn.Sequential(OrderedDict(
        conv=convolution(inputs, outputs, kernel), norm=nn.BatchNorm2d(outputs), relu=nn.ReLU(inplace=True)))


class Residual(nn.Module):
    """Pre-activation bottleneck of half the width; the skip is a projection where the widths differ."""

    def __init__(self, inputs, outputs, pre_activation=True):
        super().__init__()
        half = outputs // 2
        self.norm1 = nn.BatchNorm2d(inputs) if pre_activation else None
        self.conv1 = convolution(inputs, half)
        self.norm2 = nn.BatchNorm2d(half)
        self.conv2 = convolution(half, half, 3)
        self.norm3 = nn.BatchNorm2d(half)
        self.conv3 = convolution(half, outputs)
        if inputs != outputs:
            self.skip_norm = nn.BatchNorm2d(inputs)
            self.skip_conv = convolution(inputs, outputs)
        self.projects = inputs != outputs

    def forward(self, x):
        y = x if self.norm1 is None else functional.relu(self.norm1(x), inplace=True)
        y = self.conv1(y)
        y = self.conv2(functional.relu(self.norm2(y), inplace=True))
        y = self.conv3(functional.relu(self.norm3(y), inplace=True))
        skip = self.skip_conv(functional.relu(self.skip_norm(x), inplace=True)) if self.projects else x
        return y + skip


class Stem(nn.Module):
    def __init__(self, features):
        super().__init__()
        quarter, half = features // 4, features // 2
        self.conv1 = normalised_convolution(3, quarter, 3)
        self.conv2 = normalised_convolution(quarter, quarter, 3)
        self.conv3 = normalised_convolution(quarter, quarter, 3)
        self.residual1 = Residual(quarter, half, pre_activation=False)
        self.residual2 = Residual(half, half)
        self.residual3 = Residual(half, features)

    def forward(self, images):
        x = functional.max_pool2d(self.conv1(images), 2)
        x = self.residual1(self.conv3(self.conv2(x)))
        return self.residual3(self.residual2(functional.max_pool2d(x, 2)))


class Hourglass(nn.Module):
    def __init__(self, features, levels=4):
        super().__init__()
        self.levels = levels
        for level in range(levels, 0, -1):
            names = ("upper", "before", "after") + (("lowest",) if level == 1 else ())
            self.add_module(f"level{level}", nn.ModuleDict({name: Residual(features, features) for name in names}))

    def forward(self, x, level=None):
        level = level or self.levels
        blocks = self.get_submodule(f"level{level}")
        below = blocks["before"](functional.max_pool2d(x, 2))
        below = self.forward(below, level - 1) if level > 1 else blocks["lowest"](below)
        return blocks["upper"](x) + functional.interpolate(blocks["after"](below), scale_factor=2, mode="nearest")


class Baseline(nn.Module):
    """The plain and the deep baseline: heat maps straight from the shared features, or after one more block."""

    def __init__(self, features, parts, deep):
        super().__init__()
        self.residual = Residual(features, features) if deep else nn.Identity()
        self.conv = convolution(features, parts)

    def forward(self, shared):
        return self.conv(self.residual(shared)), None


class Branch(nn.Module):
    def __init__(self, features, width, depth, parts):
        super().__init__()
        self.lin = normalised_convolution(features, width)
        self.depth = depth
        for i in range(depth):
            self.add_module(f"residual{i}", Residual(width, width))
        self.conv = convolution(width, parts)

    def forward(self, shared):
        x = self.lin(shared)
        for i in range(self.depth):
            x = self.get_submodule(f"residual{i}")(x)
        return self.conv(x), x


class Branches(nn.Module):
    """One branch per group of related parts; a part of several groups gets the mean of their maps."""

    def __init__(self, features, width, depth, groups):
        super().__init__()
        for i, group in enumerate(groups):
            self.add_module(f"branch{i}", Branch(features, width, depth, len(group)))
        columns = [part for group in groups for part in group]
        self.columns_of = [[c for c, part in enumerate(columns) if part == wanted] for wanted in range(max(columns) + 1)]
        self.overlap = len(columns) > len(self.columns_of)

    def forward(self, shared):
        maps, features = zip(*(branch(shared) for branch in self.children()))
        maps = torch.cat(maps, 1)
        if self.overlap:
            maps = torch.stack([maps[:, columns].mean(1) for columns in self.columns_of], 1)
        else:
            maps = maps[:, [columns[0] for columns in self.columns_of]]
        return maps, torch.cat(features, 1)


class Fusion(nn.Module):
    """The input of the next stack: this one's, plus its features and its heat maps, each mapped to the trunk's width."""

    def __init__(self, fused, features, parts):
        super().__init__()
        self.features = convolution(fused, features)
        self.maps = convolution(parts, features)

    def forward(self, x, features, maps):
        return x + self.features(features) + self.maps(maps)


class Stack(nn.Module):
    def __init__(self, features, head, specific_width, parts, last):
        super().__init__()
        self.hourglass = Hourglass(features)
        self.residual = Residual(features, features)
        self.lin = normalised_convolution(features, features)
        self.head = head
        self.fuses_specific = specific_width is not None
        self.fusion = None if last else Fusion(specific_width or features, features, parts)

    def forward(self, x):
        shared = self.lin(self.residual(self.hourglass(x)))
        maps, specific = self.head(shared)
        if self.fusion is not None:
            x = self.fusion(x, specific if self.fuses_specific else shared, maps)
        return x, maps


class Network(nn.Module):
    def __init__(self, stacks=1, features=256, parts=16, head="plain", groups=(), depth=1, width=64, fusion="shared"):
        super().__init__()
        self.stem = Stem(features)
        specific_width = width * len(groups) if head == "pbn" and fusion == "specific" else None
        for i in range(stacks):
            heads = (Branches(features, width, depth, groups) if head == "pbn" else
                     Baseline(features, parts, deep=head == "deep"))
            self.add_module(f"stack{i}", Stack(features, heads, specific_width, parts, last=i + 1 == stacks))

    def forward(self, images):
        x, all_maps = self.stem(images), []
        for name, stack in self.named_children():
            if name != "stem":
                x, maps = stack(x)
                all_maps.append(maps)
        return all_maps
