#!/usr/bin/env python3
"""read_weights.py weights.safetensors: prints the network and its tensors, with numpy alone.

Where the package safetensors is installed, safetensors.numpy.load_file(file) gives the same dictionary of tensors.
docs/file-formats.md builds the network from them in numpy; bench/peers/network.py does so in PyTorch.
"""
import json
import struct
import sys

import numpy

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
         "BOOL": "?"}


def read_safetensors(file):
    with open(file, "rb") as stored:
        (length,) = struct.unpack("<Q", stored.read(8))
        header = json.loads(stored.read(length))
        data = stored.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return metadata, tensors


metadata, tensors = read_safetensors(sys.argv[1])
model, parts = json.loads(metadata["model"]), json.loads(metadata["parts"])
print(f"{model['head']} head, {model['stacks']} x {model['features']} features, skeleton {metadata['skeleton']}")
print("parts:", *parts)
for name, tensor in tensors.items():
    print(name, tensor.shape, f"mean {tensor.mean(dtype='f8'):.9e}")
