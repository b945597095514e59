"""Checks that nothing is left open in the plug-in: undefined_symbols.py PLUGIN PROGRAM

Every symbol that PLUGIN leaves undefined must be defined by PROGRAM, which opens it, or by a library that one of them
names. The linker cannot see this: it does not know the program. Exit codes: 0 all are defined, 1 the printed ones are not.
"""
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def needed_by(binary):
    """The files of the libraries that a binary names."""
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "-d", binary))
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", output_of("ldd", binary), re.M))
    return {found[name] for name in names if name in found}


def symbols(binary, which):
    """Names without versions; weak ones may stay undefined."""
    lines = (line.split() for line in output_of("nm", "-D", which, binary).splitlines())
    return {words[-1].split("@")[0] for words in lines if words[-2] not in "wv"
            or which == "--defined-only"}


def main():
    plugin, program = sys.argv[1:]
    left = symbols(plugin, "--undefined-only")
    for binary in [program, *sorted(needed_by(plugin) | needed_by(program))]:
        left -= symbols(binary, "--defined-only")
    for name in sorted(left):
        print("undefined:", subprocess.run(["c++filt", name], capture_output=True, text=True).stdout.strip())
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
