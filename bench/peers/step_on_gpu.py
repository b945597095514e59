"""Training steps in PyTorch on one GPU: prints the way, the median time of a step and images per second, a line of JSON
for each way.

    step_on_gpu.py --stacks 8 --batch 16 --side 256 --ways eager graphed compiled

The ways: `eager`; `graphed`, the same as one CUDA graph; `compiled`, torch.compile(mode="max-autotune") of the stem and
of each stack, as one CUDA graph together with the loss and the update. The stacks are alike and are compiled once:
compiling the network as a whole (`whole`) searches the same kernels eight times, which takes many minutes.

bench_step starts it (bench/gpu_step.h). The batch is on the device; bf16 is autocast, the layout is channels_last. Each
step ends with reading the loss, as in bench_step, which measures a step of this project's in the same way.
"""
import argparse
import json
import statistics
import time

import torch
from torch.nn import functional

from network import Network

WARM_UP = 5


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="cpu checks this program without a GPU, and without a graph")
    parser.add_argument("--stacks", type=int, default=8)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=256, help="input pixels")
    parser.add_argument("--features", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=4, help="time of each measurement")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=["eager", "graphed", "compiled"])
    return parser.parse_args()


class Step:
    """A call runs one step; reading the loss waits for its end."""

    def __init__(self, options):
        self.options = options
        network = Network(stacks=options.stacks, features=options.features)
        network = network.to(options.device, memory_format=torch.channels_last)
        graphs = {"capturable": True} if options.device == "cuda" else {}
        self.optimizer = torch.optim.RMSprop(network.parameters(), lr=1e-5, alpha=0.99, eps=1e-8, **graphs)
        self.network = self.prepared(network)
        self.images = torch.randn(options.batch, 3, options.side, options.side, device=options.device)
        self.images = self.images.to(memory_format=torch.channels_last)
        self.targets = torch.rand(options.batch, 16, options.side // 4, options.side // 4, device=options.device)

    def prepared(self, network):
        return network

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
        if options.device != "cuda":
            self.graph = None
            return
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
        if self.graph is None:
            return super().__call__()
        self.graph.replay()
        return self.loss.item()


class CompiledStep(GraphedStep):
    def prepared(self, network):
        for part in network.children():  # in place, so that Dynamo sees the same code in every stack
            part.compile(mode="max-autotune-no-cudagraphs")
        return network


class WholeStep(Step):
    def prepared(self, network):
        return torch.compile(network, mode="max-autotune")


WAYS = {"eager": Step, "graphed": GraphedStep, "compiled": CompiledStep, "whole": WholeStep}


def measure(step, options):
    for _ in range(WARM_UP):
        step()
    times, start = [], time.perf_counter()
    while not times or time.perf_counter() - start < options.seconds:
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    median = statistics.median(times)
    return {"step_ms": 1e3 * median, "images_per_second": options.batch / median, "steps": len(times)}


def main():
    options = parse()
    torch.backends.cudnn.benchmark = True
    for way in options.ways:
        start = time.perf_counter()
        step = WAYS[way](options)
        figures = measure(step, options)
        print(json.dumps({"way": way} | figures | {"seconds_in_all": time.perf_counter() - start}), flush=True)
        del step
        if options.device == "cuda":
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
