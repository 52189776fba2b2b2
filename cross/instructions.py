#!/usr/bin/env python3
"""Instructions a reading takes, from a ring through the pipeline into the store, on this machine and on others: both
counted by qemu-user's translator, which knows nothing of caches and pipelines. instructions.py ARCH…"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
QEMU = {"amd64": ["qemu-x86_64", "-cpu", "max"], "arm64": ["qemu-aarch64"], "armhf": ["qemu-arm"]}
SERIES, BATCH, READINGS = 100, 16, 100_000


def counted(command: list[str], runs: int) -> int:
    done = subprocess.run([*command, str(SERIES), str(BATCH), str(runs), str(READINGS)], capture_output=True, text=True, check=True)
    return int(re.search(r"^instructions (\d+)$", done.stderr, re.MULTILINE)[1])


def per_reading(arch: str, plugin: pathlib.Path) -> float:
    build = ROOT / ("build/release" if arch == "amd64" else f"build/{arch}")
    prefix = [] if arch == "amd64" else ["-L", str(ROOT / f"build/cross/{arch}/libs")]
    command = [*QEMU[arch], *prefix, "-plugin", str(plugin), str(build / "bin/bench_pipeline")]
    # What starting, warming up and ending take is in both.
    return (counted(command, 3) - counted(command, 1)) / (2 * READINGS)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        plugin = pathlib.Path(place) / "instructions.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", plugin, ROOT / "tests/bench/instructions.c"], check=True)
        found = {arch: per_reading(arch, plugin) for arch in ("amd64", *sys.argv[1:])}
    for arch, count in found.items():
        print(f"{arch}: {count:,.0f} instructions a reading, {count / found['amd64']:.2f} of amd64's")


if __name__ == "__main__":
    main()
