"""Testing with the flip test in PyTorch, on two cores: people per second. See --help; bench/evaluate.cpp starts it."""
import multiprocessing
import time

import torch

from contestant import answer
from network import Network
from options import CORES, parse

MIRRORED = [5, 4, 3, 2, 1, 0, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10]  # MPII's parts in a mirror image


class Testing:
    def __init__(self, options):
        torch.set_num_threads(CORES // options.processes)
        network = Network(stacks=options.stacks).to(memory_format=options.layout).eval()
        self.network = torch.compile(network) if options.compile else network
        self.people = options.batch // options.processes
        self.images = torch.randn(self.people, 3, options.side, options.side).to(memory_format=options.layout)
        self.bf16 = options.precision == "bf16"
        for _ in range(3):  # compiles, and fills oneDNN's caches
            self.find_joints()

    @torch.inference_mode()
    def find_joints(self):
        both = torch.cat([self.images, self.images.flip(3)])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            straight, mirrored = self.network(both)[-1].float().chunk(2)
        maps = (straight + mirrored.flip(3)[:, MIRRORED]) / 2
        return maps.flatten(2).max(2)

    def people_per_second(self, seconds):
        start, people = time.perf_counter(), 0
        while people == 0 or time.perf_counter() - start < seconds:
            self.find_joints()
            people += self.people
        return people / (time.perf_counter() - start)


def follow(options, orders, answers):
    testing = Testing(options)
    answers.put(None)
    while (seconds := orders.get()) is not None:
        answers.put(testing.people_per_second(seconds))


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    chosen = parse(__doc__)
    followers = []
    for _ in range(chosen.processes - 1):
        orders, answers = multiprocessing.SimpleQueue(), multiprocessing.SimpleQueue()
        multiprocessing.Process(target=follow, args=(chosen, orders, answers), daemon=True).start()
        followers.append((orders, answers))
    testing = Testing(chosen)
    for _, answers in followers:
        answers.get()

    def measure(seconds):
        for orders, _ in followers:
            orders.put(seconds)
        return testing.people_per_second(seconds) + sum(answers.get() for _, answers in followers)

    answer(measure)
