"""Training steps in PyTorch on one GPU, eager, as one CUDA graph and compiled: prints images per second as JSON.

tests/gpu/check.sh starts it. The batches are on the device; bf16 is autocast, the layout is channels_last.
"""
import argparse
import json
import time

import torch
from torch.nn import functional

from network import Network

WARM_UP = 5


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", help="cpu checks this program without a GPU, and without a graph")
    parser.add_argument("--stacks", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--side", type=int, default=128, help="input pixels")
    parser.add_argument("--seconds", type=float, default=5, help="time of each measurement")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--ways", nargs="+", default=["eager", "graphed", "compiled"])
    return parser.parse_args()


class Step:
    """A call runs one step; reading the loss waits for its end."""

    def __init__(self, options, compiled=False):
        self.options = options
        network = Network(stacks=options.stacks).to(options.device, memory_format=torch.channels_last)
        self.network = torch.compile(network, mode="max-autotune") if compiled else network
        graphs = {"capturable": True} if options.device == "cuda" else {}
        self.optimizer = torch.optim.RMSprop(network.parameters(), lr=1e-5, alpha=0.99, eps=1e-8, **graphs)
        self.images = torch.randn(options.batch, 3, options.side, options.side, device=options.device)
        self.images = self.images.to(memory_format=torch.channels_last)
        self.targets = torch.rand(options.batch, 16, options.side // 4, options.side // 4, device=options.device)

    def compute(self):
        self.optimizer.zero_grad()
        with torch.autocast(self.options.device, torch.bfloat16, enabled=self.options.precision == "bf16"):
            maps = self.network(self.images)
        loss = sum(functional.mse_loss(stack.float(), self.targets) for stack in maps)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def __call__(self):
        return self.compute().item()


class GraphedStep(Step):
    def __init__(self, options):
        super().__init__(options)
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(WARM_UP):
                self.compute()
        torch.cuda.current_stream().wait_stream(beside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.loss = self.compute()

    def __call__(self):
        self.graph.replay()
        return self.loss.item()


def images_per_second(step, options):
    for _ in range(WARM_UP):
        step()
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < options.seconds:
        step()
        steps += 1
    return steps * options.batch / (time.perf_counter() - start)


if __name__ == "__main__":
    chosen = parse()
    ways = {"eager": Step, "graphed": GraphedStep, "compiled": lambda options: Step(options, compiled=True)}
    print(json.dumps({way: images_per_second(ways[way](chosen), chosen) for way in chosen.ways}))
