#!/usr/bin/env python3
"""clang-tidy over every translation unit of the compile database, in parallel, remembering what was clean.

Nearly all the time goes into reading the same headers again, so the files of one target are read together, a group at a
time, as one source that includes them. Files whose own names clash with others' are set apart and read by themselves.
A group is skipped when nothing it depends on changed since it was last clean: its files, the headers of the tree that
they include, their compile commands, every .clang-tidy, and the tool. Results lie in BUILD/tidy/.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

from includes import graph_of
from tree import Tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Files read together: enough to share the headers, few enough to keep both cores busy to the end.
MOST_JOINED = 12
# Joined sources include .cpp files, which is what this check would report.
JOINED_CHECKS = "--checks=-bugprone-suspicious-include"


@dataclasses.dataclass(frozen=True)
class Unit:
    """What one run of clang-tidy reads: one file of the tree, or several of one target joined in `source`."""

    paths: list[str]
    command: str
    source: pathlib.Path


@dataclasses.dataclass(frozen=True)
class Outcome:
    paths: list[str]
    clean: bool
    output: str
    seconds: float


def closure(path: str, graph: dict[str, list[str]]) -> list[str]:
    """The file and everything of the tree that it includes, sorted."""
    seen, waiting = set(), [path]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph.get(name, [])
    return sorted(seen)


def without_noise(command: str) -> list[str]:
    """The compile command's words without what does not change the meaning: the launcher and the names of outputs."""
    words = [word for word in shlex.split(command) if not word.endswith("ccache")]
    return [word for word in words if not word.endswith((".o", ".d"))]


def commands_of(build: pathlib.Path, tree: Tree) -> dict[str, str]:
    """Path in the tree -> compile command; generated sources are left out."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(ROOT):
            name = path.relative_to(ROOT).as_posix()
            if name in tree.texts:
                found[name] = entry["command"]
    return found


def groups_of(commands: dict[str, str]) -> list[list[str]]:
    """Paths that may be read together: same target, same flags, same language."""
    alike = collections.defaultdict(list)
    for path, command in sorted(commands.items()):
        target = re.search(r"-o (\S*CMakeFiles/\S+?\.dir)", command)
        flags = " ".join(without_noise(command)).replace(path, "")
        alike[target.group(1) if target else path, flags, pathlib.Path(path).suffix].append(path)
    groups = []
    for paths in alike.values():
        parts = -(-len(paths) // MOST_JOINED)
        groups += [paths[part::parts] for part in range(parts)]
    return sorted(groups, key=len, reverse=True)


def key_of(group: list[str], commands: dict[str, str], tree: Tree, graph: dict[str, list[str]], common: bytes) -> str:
    digest = hashlib.sha256(common)
    for path in group:
        digest.update(" ".join(without_noise(commands[path])).encode())
        for name in closure(path, graph):
            digest.update(name.encode() + b"\0" + tree.texts[name].encode() + b"\0")
    return digest.hexdigest()


class Tidy:
    """Runs the tool. `folder` is where joined sources and their compile database are written."""

    def __init__(self, tool: str, commands: dict[str, str], folder: pathlib.Path):
        self.tool, self.commands, self.folder = tool, commands, folder

    def join(self, paths: list[str]) -> Unit:
        """One source for the paths, in a folder of its own with its compile database."""
        suffix = pathlib.Path(paths[0]).suffix
        folder = self.folder / hashlib.sha256("\0".join(paths).encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / f"joined{suffix}"
        source.write_text("".join(f'#include "{ROOT / path}"\n' for path in paths), encoding="utf-8")
        command = self.commands[paths[0]].replace(str(ROOT / paths[0]), str(source))
        database = [{"directory": str(folder), "file": str(source), "command": command}]
        (folder / "compile_commands.json").write_text(json.dumps(database), encoding="utf-8")
        return Unit(paths, command, source)

    def clashing(self, unit: Unit) -> list[str]:
        """Those paths of the unit that do not compile after the ones before them."""
        words = [word for word in without_noise(unit.command)[1:] if word not in ("-o", "-c", "-Werror")]
        compiler = self.tool.replace("clang-tidy", "clang" if unit.source.suffix == ".c" else "clang++")
        command = [compiler, "-fsyntax-only", "-w", "-ferror-limit=0", *words]
        errors = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stderr
        places = re.findall(r"^(/[^:\n]+):\d+:\d+: (?:fatal )?error: ", errors, flags=re.MULTILINE)
        # An error in a system header is that of whoever includes it.
        places += re.findall(r"^(?:In file included from| +from) (/[^:\n]+):\d+[:,]", errors, flags=re.MULTILINE)
        return [path for path in unit.paths if str(ROOT / path) in places]

    def units(self, paths: list[str]) -> list[Unit]:
        """The fewest units that hold all paths, as each compiles."""
        clashes = []
        while len(paths) > 1:
            unit = self.join(paths)
            wrong = [path for path in self.clashing(unit) if path != paths[0]]
            if not wrong:
                break
            clashes += wrong
            paths = [path for path in paths if path not in wrong]
        else:
            unit = Unit(paths, self.commands[paths[0]], ROOT / paths[0])
        return [unit] + (self.units(sorted(clashes)) if clashes else [])

    def look_at(self, unit: Unit, build: pathlib.Path) -> Outcome:
        start = time.monotonic()
        joined = len(unit.paths) > 1
        options = ["-p", str(unit.source.parent), JOINED_CHECKS] if joined else ["-p", str(build)]
        command = [self.tool, *options, "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(unit.source)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        output = re.sub(r"^\d+ warnings? (generated|treated as errors?)\.?\n|^Suppressed .*\n|^Use -header-filter.*\n", "",
                        done.stdout + done.stderr, flags=re.MULTILINE)  # fmt: skip
        return Outcome(unit.paths, done.returncode == 0, output.strip(), time.monotonic() - start)

    def look_at_group(self, group: list[str], build: pathlib.Path) -> list[Outcome]:
        return [self.look_at(unit, build) for unit in self.units(group)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default="clang-tidy-14")
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these (default: all)")
    args = parser.parse_args()
    build = args.build.resolve()

    tree = Tree(ROOT)
    graph = graph_of(tree)
    version = subprocess.run([args.tool, "--version"], capture_output=True, check=True).stdout
    configs = [tree.texts[name] for name in sorted(tree.texts) if name.endswith(".clang-tidy")]
    common = version + "\0".join(configs).encode()
    memory = build / "tidy"
    memory.mkdir(exist_ok=True)

    commands = commands_of(build, tree)
    wanted = {pathlib.Path(name).resolve().relative_to(ROOT).as_posix() for name in args.files}
    if wanted:
        commands = {path: command for path, command in commands.items() if path in wanted}
    groups = [[path] for path in commands] if wanted else groups_of(commands)
    keys = [key_of(group, commands, tree, graph, common) for group in groups]
    due = [(key, group) for key, group in zip(keys, groups) if not (memory / key).exists()]
    print(f"{len(groups)} groups of translation units, {len(groups) - len(due)} unchanged since they were clean", flush=True)

    tidy = Tidy(args.tool, commands, build / "tidy-joined")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        running = {pool.submit(tidy.look_at_group, group, build): key for key, group in due}
        for number, future in enumerate(concurrent.futures.as_completed(running), 1):
            outcomes = future.result()
            for outcome in outcomes:
                title = outcome.paths[0] + (f" and {len(outcome.paths) - 1} more" if len(outcome.paths) > 1 else "")
                verdict = "ok" if outcome.clean else "FAILED"
                print(f"[{number}/{len(due)}] {title} {verdict} ({outcome.seconds:.1f} s)", flush=True)
                if not outcome.clean:
                    failed += 1
                    print(outcome.output, flush=True)
            if all(outcome.clean for outcome in outcomes):
                (memory / running[future]).touch()
    if not wanted:
        for old in memory.iterdir():
            if old.name not in keys:
                old.unlink()
    print(f"{failed} units with findings" if failed else "clang-tidy is clean")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
