"""Telltale as somebody outside has it: an installed prefix, and nothing of the tree.

`Prefix` is what `cmake --install` made of a build, moved once, so that nothing in it may remember where it was made.
Commands run with its bin/ first in PATH and an environment of their own; where the kernel lets us, in a mount
namespace in which the source tree is an empty directory.
"""
import functools
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TELLTALE_BUILD_DIR", ROOT / "build/release")).resolve()
_CANDIDATES = {"gcc": ("gcc", "g++"), "clang": ("clang-14", "clang++-14"), "clang-new": ("clang", "clang++")}


def compilers() -> dict[str, tuple[str, str]]:
    """The C and C++ compilers that are installed, each once."""
    found, seen = {}, set()
    for name, (c, cxx) in _CANDIDATES.items():
        path = shutil.which(cxx)
        if path and shutil.which(c) and pathlib.Path(path).resolve() not in seen:
            seen.add(pathlib.Path(path).resolve())
            found[name] = (c, cxx)
    return found


@functools.cache
def _hidden_tree() -> tuple[str, ...]:
    """The beginning of a command that runs without the tree; empty where the kernel does not allow it."""
    script = f'mount -t tmpfs -o size=64k none "{ROOT}" && exec "$@"'
    prefix = ("unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh")
    works = shutil.which("unshare") and subprocess.run((*prefix, "true"), capture_output=True, check=False).returncode == 0
    return prefix if works else ()


class Prefix:
    def __init__(self, place: pathlib.Path):
        self.home = place
        self.path = place / "telltale"
        self._install(place / "first")

    def _install(self, first: pathlib.Path) -> None:
        command = ["cmake", "--install", str(BUILD), "--prefix", str(first)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        first.rename(self.path)

    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.path}/bin:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home), "LANG": "C.UTF-8"}

    def run(self, *command: object, cwd: pathlib.Path | None = None, check: bool = True, **environment: str):
        words = [*_hidden_tree(), *(str(word) for word in command)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd or self.home, timeout=300,
                              env=self.environment() | environment)  # fmt: skip
        assert not check or done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def shell(self, script: str, cwd: pathlib.Path, **environment: str) -> str:
        """Runs lines as somebody types them, and stops at the first that fails."""
        return self.run("bash", "-euo", "pipefail", "-c", script, cwd=cwd, **environment).stdout

    def knows(self, command: str) -> bool:
        """Whether `telltale plugin COMMAND` is there."""
        return any(line.split()[:1] == [command] for line in self.run("telltale", "plugin", "--help").stdout.splitlines())

    def symbols(self, library: pathlib.Path) -> list[str]:
        lines = self.run("nm", "-D", "--defined-only", library).stdout.splitlines()
        return [line.split()[-1] for line in lines]
