"""Training steps in PyTorch, on two cores: images per second. See --help; bench/step.cpp starts it."""
import multiprocessing
import os
import tempfile
import time

import torch
from torch.nn import functional

from contestant import answer
from network import Network
from options import CORES, parse


class Training:
    def __init__(self, options, processes):
        self.people = options.batch // processes
        network = Network(stacks=options.stacks).to(memory_format=options.layout)
        self.optimizer = torch.optim.RMSprop(network.parameters(), lr=1e-5, alpha=0.99, eps=1e-8)
        if processes > 1:
            network = torch.nn.parallel.DistributedDataParallel(network, gradient_as_bucket_view=True)
        self.network = torch.compile(network) if options.compile else network
        self.images = torch.randn(self.people, 3, options.side, options.side).to(memory_format=options.layout)
        self.targets = torch.rand(self.people, 16, options.side // 4, options.side // 4)
        self.bf16 = options.precision == "bf16"

    def step(self):
        self.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            maps = self.network(self.images)
        loss = sum(functional.mse_loss(stack.float(), self.targets) for stack in maps)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def images_per_second(self, seconds):
        start, steps = time.perf_counter(), 0
        while steps == 0 or time.perf_counter() - start < seconds:
            self.step()
            steps += 1
        return steps * self.people / (time.perf_counter() - start)


def warmed_up(options, processes):
    training = Training(options, processes)
    for _ in range(3):  # compiles, and fills oneDNN's caches
        training.step()
    return training


def join_ranks(rank, rendezvous):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=CORES)


def steps_together(training, seconds, rank):
    """Images per second of all ranks. Rank 0's clock decides the end; the others learn it by a broadcast."""
    start, steps, end = time.perf_counter(), 0, torch.zeros(1)
    while not end.item():
        training.step()
        steps += 1
        end.fill_(rank == 0 and time.perf_counter() - start >= seconds)
        torch.distributed.broadcast(end, 0)
    return CORES * steps * training.people / (time.perf_counter() - start)


def follow(options, rank, rendezvous, orders):
    join_ranks(rank, rendezvous)
    training = warmed_up(options, CORES)
    while (seconds := orders.get()) is not None:
        steps_together(training, seconds, rank)


def lead(options):
    orders = multiprocessing.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        rendezvous = os.path.join(folder, "rendezvous")
        follower = multiprocessing.Process(target=follow, args=(options, 1, rendezvous, orders), daemon=True)
        follower.start()
        join_ranks(0, rendezvous)
        training = warmed_up(options, CORES)

        def measure(seconds):
            orders.put(seconds)
            return steps_together(training, seconds, 0)

        answer(measure)
        orders.put(None)
        follower.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    chosen = parse(__doc__)
    if chosen.processes > 1:
        lead(chosen)
    else:
        torch.set_num_threads(CORES)
        answer(warmed_up(chosen, 1).images_per_second)
