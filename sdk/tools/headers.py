"""The public C headers, taken apart: what is declared, and the comment that speaks of it.

Not a C parser: it reads the way these headers are written. A comment stands before what it speaks of, or behind it on
the same line; one before a run of #defines, up to an empty line, speaks of all of them.
"""
import dataclasses
import pathlib
import re

# In the order that somebody new should read them.
HEADERS = ("abi", "options", "host", "plugin", "ext/poll", "ext/stream", "ext/write", "ext/probe", "ext/sink", "ext/log", "ext/draft/receive",
           "ext/draft/refusal")

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/)
      | (?P<directive>^[ \t]*\#(?:[^\n\\/]|\\\n|\\.|/(?!\*))*)
      | (?P<space>\s+)
      | (?P<mark>[{};])
      | (?P<code>[^\s{};/]+|/)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


@dataclasses.dataclass
class Item:
    kind: str  # define, type, function, field
    name: str
    text: str  # its declaration, in one line
    line: int
    comment: str = ""
    group: str = ""  # of a define: the comment of its run
    members: list["Item"] = dataclasses.field(default_factory=list)

    @property
    def doc(self) -> str:
        return self.comment or self.group


@dataclasses.dataclass
class Header:
    path: pathlib.Path
    comment: str
    items: list[Item]


def plain(comment: str) -> str:
    """The text of a comment, without what makes it one; lines that are indented stay."""
    lines = re.sub(r"^/\*|\*/$", "", comment).split("\n")
    return "\n".join(re.sub(r"^\s*\* ?", "", line).rstrip() for line in lines).strip()


class _Reader:
    """Walks over the tokens of a header, and knows which comment waits for its declaration."""

    def __init__(self, text: str):
        self.tokens = [match for match in _TOKEN.finditer(text)]
        self.text = text
        self.waiting = ""
        self.group = ""
        self.last: Item | None = None
        self.last_line = 0
        self.file_comment: str | None = None

    def line_of(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def note(self, match: re.Match) -> None:
        """A comment: behind the last item, or before the next."""
        line, words = self.line_of(match.start()), plain(match[0])
        if self.file_comment is None:
            self.file_comment = words
        elif self.last is not None and line == self.last_line:
            self.last.comment = f"{self.last.comment} {words}".strip() if self.last.kind == "field" else words
            self.last_line = self.line_of(match.end())
        else:
            self.waiting = words

    def made(self, item: Item, end: int) -> Item:
        item.comment, self.waiting = self.waiting, ""
        self.last, self.last_line = item, self.line_of(end)
        return item


def _declared(text: str, line: int, inside: bool) -> Item | None:
    text = re.sub(r"\s+", " ", text).strip()
    text = text.removeprefix('extern "C"').strip()
    pointer = re.search(r"\(\*(\w+)\)\s*\(", text)
    function = re.match(r"(?:TELLTALE_EXPORT )?[\w\s*]+?[\s*](\w+)\s*\(", text)
    if pointer and not text.startswith("typedef"):
        return Item("function", pointer[1], text, line)
    if text.startswith("typedef"):
        return Item("type", pointer[1] if pointer else text.split()[-1], text, line)
    if function:
        return Item("function", function[1], text, line)
    return Item("field", re.split(r"[\s*]+", text)[-1], text, line) if inside else None


def parse(path: pathlib.Path) -> Header:
    reader = _Reader(path.read_text(encoding="utf-8"))
    items: list[Item] = []
    struct: Item | None = None
    code, begun = "", 0
    for match in reader.tokens:
        kind, line = match.lastgroup, reader.line_of(match.start())
        if kind == "comment":
            reader.note(match)
        elif kind == "directive":
            _define(reader, match, items)
        elif kind == "space" and match[0].count("\n") > 1:
            reader.group = ""
            if reader.waiting and not code:
                reader.waiting = ""
        elif kind == "code" or kind == "space":
            begun = begun if code else line
            code = (code + match[0]).lstrip()
        elif match[0] == "{":
            name = re.search(r"struct (\w+)\s*$", code)
            if name:
                struct = reader.made(Item("type", name[1], f"struct {name[1]}", line), match.end())
                items.append(struct)
                reader.last = None
            code = ""
        elif match[0] == ";":
            item = _declared(code, begun, struct is not None)
            if code.strip() in ("", "telltale_") or (struct is not None and code.strip() == struct.name):
                struct = None  # the end of `typedef struct X {…} X`
            elif item is not None:
                (struct.members if struct is not None else items).append(reader.made(item, match.end()))
            code = ""
        elif match[0] == "}":
            code = ""
    forward = {item.name for item in items if item.text.startswith("struct ")}
    kept = [item for item in items if not (item.text == f"typedef struct {item.name} {item.name}" and item.name in forward)]
    return Header(path, reader.file_comment or "", kept)


def _define(reader: _Reader, match: re.Match, items: list[Item]) -> None:
    found = re.match(r"\s*#\s*define\s+(\w+)(\([^)]*\))?[ \t]*(.*)", match[0], re.DOTALL)
    if not found or not found[3] and not found[2]:
        if match[0].strip().startswith(("#ifdef __cplusplus", "#endif")):
            reader.group = ""
        return
    if reader.waiting:
        reader.group = reader.waiting
    name, value = found[1] + (found[2] or ""), re.sub(r"\\\n\s*", "", found[3]).strip()
    if any(item.name == name for item in items):
        return  # the other branch of an #if
    item = reader.made(Item("define", name, value, reader.line_of(match.start())), match.end())
    item.comment, item.group = "", reader.group
    items.append(item)


def parse_all(include: pathlib.Path) -> list[Header]:
    return [parse(include / "telltale" / f"{name}.h") for name in HEADERS]
