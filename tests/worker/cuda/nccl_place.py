"""Checks that the plug-in finds the NCCL that it was built with: nccl_place.py PLUGIN FOLDER

FOLDER must win over LD_LIBRARY_PATH, by which a cluster's modules offer another NCCL, often an older one, which LibTorch
cannot use. Exit codes: 0 it does, 1 another is found.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def main():
    plugin, folder = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        other = pathlib.Path(place, "libnccl.so.2")
        shutil.copy(plugin, other)  # any shared library
        answer = subprocess.run(["ldd", plugin], capture_output=True, text=True, check=True,
                                env={**os.environ, "LD_LIBRARY_PATH": place}).stdout
    found = re.search(r"libnccl\.so\.2 => (\S+)", answer)
    print(found and found[0])
    return 0 if found and pathlib.Path(found[1]).resolve().parent == pathlib.Path(folder).resolve() else 1


if __name__ == "__main__":
    sys.exit(main())
