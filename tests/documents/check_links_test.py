#!/usr/bin/env python3
"""Checks that check_links.py finds what it is to find."""

import unittest

from check_links import anchors, problems

FILES = {"README.md", "docs/a.md", "docs/b.md", "docs"}


def found(documents):
    return [(path, line, problem) for path, line, problem in problems(documents, FILES.__contains__)]


class CheckLinks(unittest.TestCase):
    def test_finds_links_to_nothing(self):
        self.assertEqual(found({"docs/a.md": "one\n[b](b.md) [c](c.md)"}), [("docs/a.md", 2, "there is no docs/c.md")])
        self.assertEqual(found({"README.md": "![picture](docs/a.png)"}), [("README.md", 1, "there is no docs/a.png")])

    def test_follows_folders_and_parents(self):
        self.assertEqual(found({"docs/a.md": "[up](../README.md) [all](../docs/) [out](https://example.org/x)"}), [])

    def test_finds_parts_that_no_heading_has(self):
        documents = {"docs/a.md": "[x](b.md#one-two) [y](b.md#three) [z](#own)\n# Own", "docs/b.md": "## One, `two`"}
        self.assertEqual(found(documents), [("docs/a.md", 1, "docs/b.md has no heading #three")])

    def test_leaves_code_alone(self):
        self.assertEqual(found({"docs/a.md": "`[x](none.md)`\n```\n[y](none.md)\n```"}), [])

    def test_counts_repeated_headings(self):
        self.assertEqual(anchors("# A\n## A\n"), {"a", "a-1"})


if __name__ == "__main__":
    unittest.main()
