#!/usr/bin/env python3
"""Puts each plugin's options into its page, docs/inputs/NAME.md, between two marks; the rest of the page is people's.

    sdk/tools/input_docs.py [BUILD]            writes what is out of date (BUILD: build/release)
    sdk/tools/input_docs.py [BUILD] --check    says what is out of date, and ends with 1 if anything is
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/inputs"
BEGIN = "<!-- options: made by sdk/tools/input_docs.py from the plugin's own table -->"
END = "<!-- end of options -->"
NEW = "# The {name} input\n\n[plugins/{name}](../../plugins/{name}/README.md) says what it reads and how.\n\n## Options\n" + BEGIN + "\n" + END + "\n"


def options(build: pathlib.Path, name: str) -> str:
    tool, plugins = build / "bin/telltale", build / "lib/telltale/plugins"
    command = [tool, "plugin", "info", name, "--markdown", "--plugins", plugins]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def filled(page: str, text: str) -> str:
    """The page with `text` between the marks. ValueError when a mark is missing."""
    head, tail = page.index(BEGIN) + len(BEGIN), page.index(END)
    return f"{page[:head]}\n{text}{page[tail:]}"


def stale(build: pathlib.Path) -> dict[pathlib.Path, str]:
    """Pages that are missing or out of date, and what they should be."""
    found = {}
    for library in sorted((build / "lib/telltale/plugins").glob("*.so")):
        page = PAGES / f"{library.stem}.md"
        now = page.read_text(encoding="utf-8") if page.exists() else NEW.format(name=library.stem)
        wanted = filled(now, options(build, library.stem))
        if not page.exists() or wanted != now:
            found[page] = wanted
    return found


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--check"]
    build = pathlib.Path(words[0]).resolve() if words else ROOT / "build/release"
    for page, text in (pages := stale(build)).items():
        if "--check" in sys.argv:
            print(f"{page.relative_to(ROOT)} is out of date: run sdk/tools/input_docs.py")
            continue
        PAGES.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page.relative_to(ROOT)}")
    return 1 if "--check" in sys.argv and pages else 0


if __name__ == "__main__":
    sys.exit(main())
