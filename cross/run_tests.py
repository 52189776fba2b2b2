#!/usr/bin/env python3
"""Runs another machine's unit tests under qemu-user, and the tests of its daemon and its packages.

Usage: run_tests.py ARCH [UNIT_TEST…]
What qemu-user cannot do is not run: not_under_qemu.txt names each such test with the reason, and all are told. A line
there that fits no test is a failure.
"""
import concurrent.futures
import dataclasses
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

from foreign import programs

ROOT = pathlib.Path(__file__).resolve().parents[1]
LIST = ROOT / "cross/not_under_qemu.txt"
# qemu-user takes five to twenty times as long.
SLOWNESS, SECONDS = "10", 1200


@dataclasses.dataclass(frozen=True)
class Left:
    """A line of the list."""

    archs: str
    binary: str
    tests: str
    reason: str


def left_out(arch: str) -> list[Left]:
    rows = [line.split(None, 3) for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return [row for row in (Left(*fields) for fields in rows) if row.archs in ("all", arch)]


def names_in(command: list[str]) -> list[str]:
    told = subprocess.run([*command, "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout
    names, suite = [], ""
    for line in told.splitlines():
        word = line.split("#")[0].strip()
        if line.startswith("  "):
            names.append(suite + word)
        elif word.endswith("."):
            suite = word
    return names


@dataclasses.dataclass
class Outcome:
    binary: str
    passed: int = 0
    skipped: list[str] = dataclasses.field(default_factory=list)
    wrong: str = ""


def run(command: list[str], binary: str, rows: list[Left]) -> Outcome:
    outcome = Outcome(binary)
    rows = [row for row in rows if row.binary == binary]
    names = names_in(command)
    for row in rows:
        found = fnmatch.filter(names, row.tests)
        outcome.skipped += [f"{binary} {name}: {row.reason}" for name in found]
        if not found:
            outcome.wrong += f"{LIST.name}: {binary} {row.tests} fits no test\n"
    chosen = f"--gtest_filter=-{':'.join(row.tests for row in rows)}"
    try:
        done = subprocess.run([*command, chosen, "--gtest_brief=1"], capture_output=True, text=True, errors="replace", timeout=SECONDS, cwd=ROOT)
    except subprocess.TimeoutExpired:
        outcome.wrong += f"{binary}: not done after {SECONDS} s\n"
        return outcome
    passed = re.search(r"\[  PASSED  \] (\d+) test", done.stdout)
    outcome.passed = int(passed[1]) if passed else 0
    for name in re.findall(r"\[  SKIPPED \] (\S+\.\S+)", done.stdout):
        line = f"{binary} {name}: the test itself says so"
        if line not in outcome.skipped:
            outcome.skipped.append(line)
    if done.returncode != 0:
        outcome.wrong += f"{binary} ended with {done.returncode}:\n{done.stdout[-6000:]}{done.stderr[-3000:]}\n"
    return outcome


def unit_tests(arch: str, wanted: list[str]) -> bool:
    emulator, binaries = ROOT / f"build/cross/{arch}/run", ROOT / f"build/{arch}/bin"
    found = [path.name for path in sorted(binaries.glob("unit_*")) if not wanted or path.name in wanted]
    rows = left_out(arch)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(run, [str(emulator), str(binaries / name)], name, rows) for name in found]
        outcomes = []
        for one in concurrent.futures.as_completed(waiting):
            outcome = one.result()
            outcomes.append(outcome)
            print(f"{'FAILED' if outcome.wrong else 'ok    '} {outcome.binary}: {outcome.passed} passed", flush=True)
            print(outcome.wrong, end="", flush=True)
    skipped = [line for outcome in outcomes for line in outcome.skipped]
    for line in sorted(skipped):
        print(f"not run: {line}")
    passed = sum(outcome.passed for outcome in outcomes)
    print(f"{arch}: {passed} unit tests of {len(found)} binaries passed under qemu-user, {len(skipped)} not run", flush=True)
    return bool(found) and not any(outcome.wrong for outcome in outcomes)


def daemon_and_packages(arch: str, trouble: str | None) -> bool:
    environment = os.environ | {
        "TELLTALE_BUILD_DIR": str(ROOT / f"build/{arch}"),
        "TELLTALE_EMULATOR": str(ROOT / f"build/cross/{arch}/run"),
        "TELLTALE_PACKAGES": str(ROOT / f"build/packages-{arch}"),
        "TELLTALE_NO_CHILDREN": trouble or "",
        "TELLTALE_SLOWNESS": SLOWNESS,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = ["/usr/bin/python3", "-m", "pytest", "-q", "-rs", "--tb=short", "-p", "no:cacheprovider"]
    return subprocess.run([*command, ROOT / "tests/cross", ROOT / "tests/appliance/test_packages.py"], env=environment).returncode == 0


def main() -> int:
    arch, wanted = sys.argv[1], sys.argv[2:]
    with programs(arch, ROOT / f"build/cross/{arch}/run", ROOT / f"build/{arch}/bin/telltale") as trouble:
        if trouble:
            print(trouble, file=sys.stderr)
        fine = unit_tests(arch, wanted)
        if not wanted:
            fine = daemon_and_packages(arch, trouble) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
