"""The options of the network's peers: the work, and the way to do it."""
import argparse

import torch

CORES = 2


def parse(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stacks", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4, help="people in all processes together")
    parser.add_argument("--side", type=int, default=256, help="input pixels")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 is autocast")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=1, help="2: of one thread each")
    options = parser.parse_args()
    options.layout = torch.channels_last if options.channels_last else torch.contiguous_format
    return options
