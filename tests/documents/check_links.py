#!/usr/bin/env python3
"""Checks the links between the documents.

    check_links.py [--root DIR]      all Markdown files of a checkout that are tracked, or of any other folder

Each relative link must lead to a file or folder of them, and each #part to a heading of that document. Prints
"FILE:LINE: PROBLEM" for each link that does not and ends with 1. Links to other sites are not followed.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

FENCED = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")


def without_code(text):
    """The text with its code replaced by spaces, so that lines keep their numbers."""
    blanked = FENCED.sub(lambda code: re.sub(r"[^\n]", " ", code.group()), text)
    return re.sub(r"`[^`\n]*`", lambda code: " " * len(code.group()), blanked)


def anchors(text):
    """What GitHub makes of the headings: lower case, hyphens for spaces, no punctuation, -1 and so on for repetitions."""
    seen = {}
    found = set()
    for heading in re.findall(r"^#{1,6}[ \t]+(.*?)[ \t]*#*$", FENCED.sub("", text), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def problems(documents, exists):
    """(file, line, problem) of each broken link. `documents`: texts by path; `exists`: is there such a path?"""
    found = []
    for path, text in sorted(documents.items()):
        for match in LINK.finditer(without_code(text)):
            link = match.group(1)
            if re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue
            target, _, part = link.partition("#")
            place = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            line = text.count("\n", 0, match.start()) + 1
            if not exists(place):
                found.append((path, line, f"there is no {place}"))
            elif part and part not in anchors(documents.get(place, "")):
                found.append((path, line, f"{place} has no heading #{part}"))
    return found


def files_of(root):
    """Paths relative to the root: those that git tracks, or all where it is no checkout."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if git.returncode == 0:
        return set(git.stdout.split("\0")) - {""}
    return {os.path.relpath(os.path.join(folder, name), root)
            for folder, _, names in os.walk(root, followlinks=True) for name in names}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    root = parser.parse_args().root
    files = files_of(root)
    folders = {str(parent) for file in files for parent in Path(file).parents}
    documents = {file: (root / file).read_text() for file in files if file.endswith(".md") and (root / file).exists()}
    found = problems(documents, lambda place: place in files or place in folders)
    for path, line, problem in found:
        print(f"{path}:{line}: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
