#!/usr/bin/env python3
"""docs/validator.md lists every case as the validator does: `docs.py TELLTALE [--write]`.

The table between the two marks is made from `telltale plugin validate --list --json`. Without --write it is only
compared, and what is out of date is an error.
"""
import difflib
import json
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/validator.md"
BEGIN = "<!-- cases: made by tests/validator/docs.py --write -->"
END = "<!-- end of cases -->"


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def group_of(case: dict) -> str:
    return case["id"].split(".")[0]


def table(cases: list[dict]) -> str:
    lines = []
    group = None
    for case in cases:
        begins = group_of(case)
        if begins != group:
            lines += ["", f"### {begins}", "", "| case | proves | to mend it |", "| --- | --- | --- |"]
            group = begins
        lines.append(f"| `{case['id']}` | {cell(case['sentence'])} | {cell(case['mend'])} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    listed = subprocess.run([sys.argv[1], "plugin", "validate", "--list", "--json"], capture_output=True, check=True)
    order = list(dict.fromkeys(group_of(case) for case in json.loads(listed.stdout)))
    cases = sorted(json.loads(listed.stdout), key=lambda case: order.index(group_of(case)))
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    current = before + BEGIN + "\n" + table(cases) + "\n" + END + after
    if "--write" in sys.argv:
        PAGE.write_text(current)
        return 0
    if page == current:
        return 0
    print("docs/validator.md is out of date: tests/validator/docs.py TELLTALE --write brings it up to date")
    print("\n".join(difflib.unified_diff(page.splitlines(), current.splitlines(), "as it is", "as it must be", lineterm="")))
    return 1


if __name__ == "__main__":
    sys.exit(main())
