"""The files of the tree that the rules look at, and what a rule says when one is broken."""
import dataclasses
import os
import pathlib
import re

IGNORED_DIRECTORIES = {".git", "node_modules", "__pycache__", "dist", ".cache", ".pytest_cache"}
CXX_SUFFIXES = {".c", ".cpp", ".h", ".hpp"}
SCRIPT_SUFFIXES = {".py", ".ts", ".tsx", ".js", ".mjs", ".css", ".sh"}
TEXT_SUFFIXES = CXX_SUFFIXES | SCRIPT_SUFFIXES | {
    ".md", ".txt", ".cmake", ".json", ".yaml", ".yml", ".html", ".map", ".sql", ".service", ".conf", ".in", ".toml", ".supp",
}  # fmt: skip
TEXT_NAMES = {"dev", "run", ".clang-format", ".clang-tidy", ".gitignore", "CMakeLists.txt"}


@dataclasses.dataclass(frozen=True)
class Violation:
    """One broken rule. `subject` is what an exemption names: a path, or path:function."""

    rule: str
    subject: str
    line: int
    message: str

    def __str__(self) -> str:
        path = self.subject.split(":")[0]
        return f"{path}:{self.line}: {self.rule}: {self.message}"


class Tree:
    """All text files under a root, read once. Paths are relative to it, with forward slashes."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.texts: dict[str, str] = {}
        for directory, names, files in os.walk(root):
            names[:] = sorted(name for name in names if name not in IGNORED_DIRECTORIES)
            if pathlib.Path(directory) == root and "build" in names:
                names.remove("build")
            for name in sorted(files):
                path = pathlib.Path(directory, name)
                if (path.suffix in TEXT_SUFFIXES or name in TEXT_NAMES) and not path.is_symlink():
                    self.texts[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8", errors="replace")

    def paths(self, suffixes: set[str], under: str = "") -> list[str]:
        return [path for path in self.texts if pathlib.PurePosixPath(path).suffix in suffixes and path.startswith(under)]


_CXX_NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def without_comments_and_strings(text: str) -> str:
    """C++ or TypeScript with comments and literals blanked; every line and column stays where it was."""
    return _CXX_NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
