#!/usr/bin/env python3
"""Checks the architecture rules over the tree: `tests/arch/check.py [ROOT]`. Prints each violation; exit 1 on any."""
import pathlib
import sys

import includes
import sizes
import words
from tree import Tree, Violation

CHECKS = (
    includes.check_rule,
    includes.check_cycles,
    includes.check_places,
    sizes.check_files,
    sizes.check_functions,
    words.check,
)
EXEMPTIONS = "tests/arch/exemptions.txt"


def read_exemptions(text: str) -> tuple[dict[tuple[str, str], int], list[Violation]]:
    """(rule, subject) -> line, and the lines that are malformed."""
    entries, malformed = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        words_of_line = line.split(maxsplit=2)
        if not words_of_line or line.startswith("#"):
            continue
        if len(words_of_line) < 3:
            malformed.append(Violation("exemption", EXEMPTIONS, number, "needs RULE SUBJECT REASON"))
        else:
            entries[words_of_line[0], words_of_line[1]] = number
    return entries, malformed


def violations_in(tree: Tree) -> list[Violation]:
    exemptions, found = read_exemptions(tree.texts.get(EXEMPTIONS, ""))
    used = set()
    for check in CHECKS:
        for violation in check(tree):
            key = (violation.rule, violation.subject)
            if key in exemptions:
                used.add(key)
            else:
                found.append(violation)
    for key, line in exemptions.items():
        if key not in used:
            found.append(Violation("exemption", EXEMPTIONS, line, f"stale: {key[1]} no longer breaks {key[0]}; delete the line"))
    return found


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = violations_in(Tree(root))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations of the architecture rules" if found else "the architecture rules hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
