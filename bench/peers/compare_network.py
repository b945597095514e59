"""compare_network.py FILE: runs network.py on the input of the C++ network and prints how much their outputs differ.

FILE is what tests/model/peer_network_test.cpp writes: weights, images and a loss, and the C++ network's heat maps,
gradients and running statistics, in double precision. Exit code 1 when any relative difference is above 1e-9.
"""
import sys

import safetensors
import torch
from safetensors.torch import load_file

from network import Network, specification

TOLERANCE = 1e-9


def named(tensors, prefix):
    return {name[len(prefix):]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def difference(python, cpp):
    """The largest difference of a tensor, relative to its norm, or for tensors near 0 to the norm of all tensors."""
    scale = torch.stack([tensor.norm() for tensor in cpp.values()]).norm()
    return max(((tensor - python[name]).norm() / max(tensor.norm(), 1e-4 * scale)).item() for name, tensor in cpp.items())


def main(file):
    with safetensors.safe_open(file, "pt") as stored:
        network = Network(**specification(stored.metadata())).double()
    tensors = load_file(file)
    missing, unexpected = network.load_state_dict(named(tensors, "weights/"), strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)

    differences = {}
    for mode in ("train", "eval"):
        network.train(mode == "train")
        network.zero_grad()
        maps = network(tensors["images"])
        sum((tensors[f"upstream/{i}"] * stack).sum() for i, stack in enumerate(maps)).backward()
        outputs = {"maps": {str(i): stack.detach() for i, stack in enumerate(maps)},
                   "gradients": {name: parameter.grad for name, parameter in network.named_parameters()},
                   "statistics": dict(network.named_buffers())}
        for what, values in outputs.items():
            differences[f"{mode} {what}"] = difference(values, named(tensors, f"{mode}/{what}/"))
    for what, value in differences.items():
        print(f"{what:18} {value:.1e}")
    return 0 if all(value <= TOLERANCE for value in differences.values()) else 1  # NaN is not <=


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
