#!/usr/bin/env python3
"""check.py finds what it is to find, and nothing else."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check  # noqa: E402


def checked(text, name="planted.cpp"):
    """Exit code and output of check.py on a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text)
        program = [sys.executable, check.__file__, "--root", folder, name]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


class Check(unittest.TestCase):
    def test_a_planted_name_is_found_with_its_line_and_the_word_to_use(self):
        code, output = checked("int a;\nPassingPath path;\n")
        self.assertEqual(code, 1)
        self.assertEqual(output, 'planted.cpp:2: found "PassingPath"; use TemporaryPath\n')

    def test_a_turn_is_found_in_either_case_and_across_the_lines_of_a_comment(self):
        for text in ("// What a run was\n// Told by\n", "Carried out by hand", "# carried\n#   out", '"carries " \n  "out"'):
            self.assertEqual(checked(text)[0], 1, text)

    def test_names_are_found_in_their_case_alone_and_as_whole_words(self):
        for text in ("passingpath", "PassingPaths", "int is_owner;"):
            self.assertEqual(checked(text), (0, ""), text)

    def test_plain_sentences_pass(self):
        for text in ("Names are told apart by their ends.", "what stands in front"):
            self.assertEqual(checked(text), (0, ""), text)

    def test_what_is_no_text_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "picture.png").write_bytes(b"\x89PNG\xff told")
            program = [sys.executable, check.__file__, "--root", folder, "picture.png"]
            self.assertEqual(subprocess.run(program, check=False).returncode, 0)

    def test_a_place_of_the_glossary_that_does_not_exist_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            docs = Path(folder) / "docs"
            docs.mkdir()
            (docs / "glossary.md").write_text("| seed | A number. | `Seed`, docs/seed.h | |\n| docs | Pages. | docs/ | |\n")
            self.assertEqual(check.glossary_findings(Path(folder)), [(1, "there is no docs/seed.h")])


if __name__ == "__main__":
    unittest.main()
