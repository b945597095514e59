"""clang-tidy over every source of a build folder, several at a time: tidy.py BUILD_FOLDER

What was found clean is remembered in $XDG_CACHE_HOME/pbn/tidy by the digest of all that clang-tidy reads (the settings, the
command and the preprocessed source), so that only changed sources cost time, in every checkout.
Exit codes: 0 clean, 65 findings, which are printed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

TIDY = "clang-tidy-16"
ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "pbn" / "tidy"


def settings():
    """The program's version and its checks, on which the findings in every source depend."""
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    return version + (ROOT / ".clang-tidy").read_bytes()


def digest_of(entry, common):
    """The digest of everything on which the findings in a source depend, alike in all checkouts."""
    command = entry["command"].split(" -o ")[0] + f" -E -P -fdirectives-only {entry['file']}"
    preprocessed = subprocess.run(command, shell=True, cwd=entry["directory"], capture_output=True).stdout
    parts = [common, command.encode(), preprocessed]
    return hashlib.sha256(b"\0".join(parts).replace(str(ROOT).encode(), b".")).hexdigest()


def findings_in(entry, build, common):
    """What clang-tidy says about a source, empty when it is clean."""
    clean = CACHE / digest_of(entry, common)
    if clean.exists():
        return ""
    done = subprocess.run([TIDY, "--quiet", "-p", build, entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        CACHE.mkdir(parents=True, exist_ok=True)
        clean.touch()
        return ""
    return done.stdout or done.stderr


def main():
    build, common = sys.argv[1], settings()
    # Sources that only a build makes are absent, and nvcc's command is not clang's.
    entries = [entry for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
               if pathlib.Path(entry["file"]).exists() and not entry["file"].endswith(".cu")]
    found = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, text in enumerate(pool.map(lambda entry: findings_in(entry, build, common), entries), 1):
            if text:
                found += 1
                print(text.strip(), flush=True)
            if number % 10 == 0 or number == len(entries):
                print(f"  {number} of {len(entries)} sources, {found} with findings", file=sys.stderr, flush=True)
    return 65 if found else 0


if __name__ == "__main__":
    sys.exit(main())
