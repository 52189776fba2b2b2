#!/usr/bin/env python3
"""Makes docs/reference/*.md from the comments of the public headers.

    sdk/tools/reference.py            writes what is out of date
    sdk/tools/reference.py --check    says what is out of date, and ends with 1 if anything is
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
import headers  # noqa: E402
import wrapper  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "sdk/include"
PLACE = ROOT / "docs/reference"
NOTE = "<!-- Made from the headers' comments by sdk/tools/reference.py: change those, then run it. -->"


def paragraphs(comment: str) -> str:
    """A comment as Markdown: indented code becomes a block, the rest stays text."""
    blocks = []
    for block in re.split(r"\n\s*\n", comment):
        is_code = all(line.startswith("  ") for line in block.split("\n"))
        blocks.append("```\n" + "\n".join(line[2:] for line in block.split("\n")) + "\n```" if is_code else block)
    return "\n\n".join(blocks)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [" | ".join(("", *head, "")).strip(), "| " + " | ".join("---" for _ in head) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def defines(run: list[headers.Item]) -> list[str]:
    rows = [(f"`{item.name}`", f"`{item.text}`", cell(item.comment)) for item in run]
    return [run[0].group, "", *table(("name", "is", ""), rows), ""]


def function(item: headers.Item, level: str) -> list[str]:
    text = item.text.removeprefix("TELLTALE_EXPORT ")
    return [f"{level} {item.name}", "", "```c", text + ";", "```", "", paragraphs(item.doc), ""]


def type_of(item: headers.Item) -> list[str]:
    lines = [f"### {item.name}", "", paragraphs(item.doc), ""]
    fields = [member for member in item.members if member.kind == "field"]
    if fields:
        rows = [(f"`{f.name}`", f"`{f.text.removesuffix(f.name).strip()}`", cell(f.doc)) for f in fields]
        lines += [*table(("field", "type", ""), rows), ""]
    for member in item.members:
        if member.kind == "function":
            lines += function(member, "####")
    return lines


def c_header(header: headers.Header) -> list[str]:
    lines = [f"## telltale/{header.path.relative_to(INCLUDE / 'telltale')}", "", paragraphs(header.comment), ""]
    run: list[headers.Item] = []
    for item in [*header.items, None]:
        if run and (item is None or item.kind != "define" or item.group != run[0].group):
            lines += defines(run)
            run = []
        if item is None:
            break
        if item.kind == "define":
            run.append(item)
        else:
            lines += type_of(item) if item.kind == "type" else function(item, "###")
    return lines


def c_reference() -> str:
    lines = [NOTE, "# Reference: the C ABI", "", "What a plugin and the daemon say to each other. docs/plugins.md is the guide,"]
    lines += ["docs/abi.md says what stays as it is.", ""]
    for header in headers.parse_all(INCLUDE):
        lines += c_header(header)
    return "\n".join(lines).rstrip() + "\n"


def cpp_reference() -> str:
    lines = [NOTE, "# Reference: the C++ wrapper", "", "C++20, headers alone, around the C ABI (docs/reference/c.md).", ""]
    for path in wrapper.headers(INCLUDE):
        lines += [f"## telltale/cpp/{path.name}", "", paragraphs(wrapper.file_comment(path)), ""]
        for thing in wrapper.parse(path):
            lines += [f"### {thing.name}", "", paragraphs(thing.comment), ""]
            if thing.code:
                lines += ["```cpp", *thing.code, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def pages() -> dict[str, str]:
    return {"c.md": c_reference(), "cpp.md": cpp_reference()}


def main() -> int:
    stale = [name for name, text in pages().items() if not (PLACE / name).exists() or (PLACE / name).read_text() != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/reference/{name} is out of date: run sdk/tools/reference.py")
        return 1 if stale else 0
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (PLACE / name).write_text(pages()[name], encoding="utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
