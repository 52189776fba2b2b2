#!/usr/bin/env python3
"""The validator names each bad plugin: `zoo.py TELLTALE DIRECTORY_OF_BAD_PLUGINS`.

named_by.txt says which case must be bad for which plugin. Files that are no plugins at all are made here. A case that
no bad plugin fails would be a case that cannot fail: that is an error too.
"""
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import time

TABLE = pathlib.Path(__file__).with_name("named_by.txt")
AT_ONCE = 6  # most of them wait most of the time
BAD = ("failed", "crashed", "timed out")
KEYS = {"file", "plugin", "version", "cases", "passed", "failed", "skipped", "crashed", "timed_out"}
CASE_KEYS = {"id", "status", "sentence", "detail", "mend", "ms"}


def read_table() -> dict[str, list[str]]:
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1:] for row in rows}


def make_files(whole: bytes, into: pathlib.Path) -> dict[str, list[str]]:
    """Files that are no plugins, and the case that names each."""
    other_machine = bytearray(whole)
    other_machine[18:20] = b"\x08\x00"  # e_machine: MIPS
    program = bytearray(whole)
    program[16:18] = b"\x02\x00"  # e_type: ET_EXEC
    files = {
        "empty": (b"", "file.exists"),
        "not_an_elf": (b"#!/bin/sh\necho no library\n" + b" " * 100, "file.elf"),
        "a_program": (bytes(program), "file.elf"),
        "header_only": (whole[:63], "file.elf"),
        "other_machine": (bytes(other_machine), "file.machine"),
        "truncated": (whole[: len(whole) // 3], "file.whole"),
        "truncated_early": (whole[:64], "file.whole"),
    }
    for name, (content, _) in files.items():
        (into / f"{name}.so").write_bytes(content)
    return {name: [case] for name, (_, case) in files.items()} | {"not_there": ["file.exists"]}


def validate(tool: str, file: pathlib.Path) -> tuple[int, dict]:
    done = subprocess.run([tool, "plugin", "validate", str(file), "--json"], capture_output=True, text=True, timeout=120)
    return done.returncode, json.loads(done.stdout)


def mistakes(file: pathlib.Path, named_by: list[str], code: int, report: dict) -> list[str]:
    found = []
    if set(report) != KEYS or any(set(case) != CASE_KEYS for case in report["cases"]):
        found.append(f"the report has other keys: {sorted(report)}")
    bad = {case["id"]: case for case in report["cases"] if case["status"] in BAD}
    told = sum(report[key] for key in ("failed", "crashed", "timed_out"))
    if told != len(bad) or report["passed"] + report["skipped"] + told != len(report["cases"]):
        found.append("its counts do not add up")
    if code != (1 if bad else 0):
        found.append(f"exit code {code} with {len(bad)} bad cases")
    if named_by and named_by[0] not in bad:
        found.append(f"{named_by[0]} did not name it")
    for name in bad.keys() - set(named_by):
        found.append(f"{name} is bad too: {bad[name]['detail']}")
    found += [f"{name} says nothing of what it saw" for name in bad if not bad[name]["detail"]]
    return [f"{file.name}: {text}" for text in found]


def main() -> int:
    tool, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    table = read_table() | {"well_behaved": [], "speaks_late": []}
    built = {file.stem for file in directory.glob("*.so")}
    for name in sorted(table.keys() - built):
        print(f"{name} is not built here: left out")
    wrong = [f"{name}: named_by.txt has no row about it" for name in sorted(built - table.keys())]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="telltale-zoo-") as place:
        made = make_files((directory / "well_behaved.so").read_bytes(), pathlib.Path(place))
        rows = {directory / f"{name}.so": table[name] for name in sorted(table.keys() & built)}
        rows |= {pathlib.Path(place) / f"{name}.so": named_by for name, named_by in made.items()}
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            reports = pool.map(lambda file: validate(tool, file), rows)
            for (file, named_by), (code, report) in zip(rows.items(), reports):
                wrong += mistakes(file, named_by, code, report)
    listed = json.loads(subprocess.run([tool, "plugin", "validate", "--list", "--json"], capture_output=True, check=True).stdout)
    shown = {named_by[0] for named_by in (table | made).values() if named_by}
    wrong += [f"no bad plugin shows that {case['id']} can fail" for case in listed if case["id"] not in shown]
    print(f"{len(rows)} files, {len(listed)} cases, {time.monotonic() - began:.0f} s")
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
