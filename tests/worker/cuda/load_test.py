"""Opens the plug-in with RTLD_NOW against the libraries of torch's own wheels: load_test.py PROGRAM WHEELS DRIVER_DOUBLE

PROGRAM is pbn_worker, WHEELS the folder of the wheels that it was built with, DRIVER_DOUBLE the folder of a libcuda.so.1
that has one GPU. The program is asked for that GPU: it opens the plug-in, and all its libraries, and CUDA then says that
there is no GPU; a library or symbol that is missing would be reported first.

Most machines have only the part of the wheels for processors. If PBN_GPU_WHEELS names a folder with all of them, as `./run
test --gpu-link` makes it, this test sees it in the place of WHEELS (a mount that no other process sees). Exit codes: 0
passed, 1 failed, 77 the wheels are not whole.
"""
import os
import pathlib
import subprocess
import sys


def is_whole(wheels):
    return pathlib.Path(wheels, "nvidia/cudnn/lib/libcudnn.so.9").exists()


def main():
    program, wheels, driver = sys.argv[1:]
    command = [program, "--train", "none.h5", "--validation", "none.h5", "--out", "none", "--run.device", "cuda"]
    whole = os.environ.get("PBN_GPU_WHEELS")
    if whole:
        script = 'mount --bind "$0" "$1" && shift && exec "$@"'
        command = ["unshare", "--mount", "--map-root-user", "sh", "-c", script, whole, wheels, *command]
    elif not is_whole(wheels):
        print(f"{wheels} has no cuDNN: ./run test --gpu-link installs the wheels and runs this test")
        return 77
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    environment["LD_LIBRARY_PATH"] = driver
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    print(done.stdout, done.stderr, sep="")
    return 0 if done.returncode == 69 and "CUDA finds no GPU" in done.stderr else 1


if __name__ == "__main__":
    sys.exit(main())
