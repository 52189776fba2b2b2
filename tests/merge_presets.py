#!/usr/bin/env python3
"""Joins the tests of several build directories into one CTestTestfile, so that one run of CTest has them all.

Usage: merge_presets.py TARGET_DIR BUILD_DIR[=LABEL,LABEL…]…
A test `unit_core` of build/asan becomes `asan.unit_core`. With labels only the tests that carry one of them are
taken. Names that tests use to refer to each other (DEPENDS, FIXTURES_*) get the same prefix; RESOURCE_LOCK does
not: two presets must not use the same resource at a time either.
"""
import json
import pathlib
import subprocess
import sys

REFERRING = {"DEPENDS", "FIXTURES_SETUP", "FIXTURES_REQUIRED", "FIXTURES_CLEANUP"}


def quoted(text: str) -> str:
    """A CMake bracket argument: nothing inside it is special."""
    level = "="
    while f"]{level}]" in text:
        level += "="
    return f"[{level}[{text}]{level}]"


def cmake_value(value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list):
        return ";".join(cmake_value(item) for item in value)
    return str(value)


def properties_of(test: dict, prefix: str) -> dict[str, str]:
    result = {}
    for entry in test.get("properties", []):
        name, value = entry["name"], entry["value"]
        if name in REFERRING:
            value = [prefix + item for item in value]
        if not name.startswith("_"):
            result[name] = cmake_value(value)
    return result


def tests_of(build: pathlib.Path) -> list[dict]:
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True)
    return json.loads(shown.stdout)["tests"]


def lines_for(build: pathlib.Path, labels: set[str]) -> list[str]:
    prefix = build.name + "."
    lines = []
    for test in tests_of(build):
        properties = properties_of(test, prefix)
        if labels and not labels & set(properties.get("LABELS", "").split(";")):
            continue
        if "command" not in test:
            sys.exit(f"{build}: the program of the test {test['name']} was not built")
        command = " ".join(quoted(word) for word in test["command"])
        name = quoted(prefix + test["name"])
        lines.append(f"add_test({name} {command})")
        pairs = " ".join(f"{key} {quoted(value)}" for key, value in properties.items())
        if pairs:
            lines.append(f"set_tests_properties({name} PROPERTIES {pairs})")
    if not lines:
        sys.exit(f"{build}: no test is left; labels asked for: {sorted(labels)}")
    return lines


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    lines = []
    for argument in sys.argv[2:]:
        build, _, labels = argument.partition("=")
        lines += lines_for(pathlib.Path(build).resolve(), set(labels.split(",")) if labels else set())
    target.mkdir(parents=True, exist_ok=True)
    (target / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
