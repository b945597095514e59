#!/usr/bin/env python3
"""Looks for words and turns of phrase that the project does not use (words.txt), and checks the glossary.

    check.py [--root DIR] [FILE...]      all tracked text files, or these

Prints "FILE:LINE: found "..."; use ..." for each and ends with 1 when there are any, with 77 where nothing can be checked.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORDS = HERE / "words.txt"
EXCLUDED = ("LICENSE", "docs/glossary.md", "docs/results/", "fuzz/corpus/", "tests/fixtures/", "tests/language/")
GAP = r'[\s/#*"]+'  # between two words, also across lines of a comment or a text


def read_words(text):
    """[(pattern, what to use)] from lines "PATTERN -> USE"."""
    words = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        phrase, use = (side.strip() for side in line.split(" -> "))
        flags = 0 if re.search("[A-Z_]", phrase) else re.IGNORECASE  # identifiers are case-sensitive
        words.append((re.compile(rf"\b(?:{phrase.replace(' ', GAP)})\b", flags), use))
    return words


def findings(text, words):
    """(line, found, use) for each finding, by line."""
    found = []
    for pattern, use in words:
        for match in pattern.finditer(text):
            found.append((text.count("\n", 0, match.start()) + 1, re.sub(GAP, " ", match.group()), use))
    return sorted(found)


def tracked_files(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if git.returncode != 0:
        print(f"skipped: git does not list the files of {root}: {git.stderr.strip()}")
        sys.exit(77)
    return [name for name in git.stdout.split("\0") if name and not name.startswith(EXCLUDED)]


def glossary_findings(root):
    """(line, problem) for each place in the third column of the glossary that does not exist."""
    found = []
    for number, line in enumerate((root / "docs/glossary.md").read_text().splitlines(), 1):
        columns = [column.strip() for column in line.split("|")]
        if len(columns) < 5 or columns[3] in ("where", "---"):
            continue
        for path in re.findall(r"[\w./-]+/[\w./-]*|\w+\.h", re.sub("`[^`]*`", "", columns[3])):
            if "/" in path and not (root / path).exists():
                found.append((number, f"there is no {path}"))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=HERE.parent.parent)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    words = read_words(WORDS.read_text())
    count = 0
    for name in options.files or tracked_files(options.root):
        try:
            text = (options.root / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # not text, or deleted in the working tree
        for line, found, use in findings(text, words):
            print(f'{name}:{line}: found "{found}"; use {use}')
            count += 1
    if not options.files:
        for line, problem in glossary_findings(options.root):
            print(f"docs/glossary.md:{line}: {problem}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
