"""The C++ wrapper's headers, taken apart: its public classes and functions, and the comments that speak of them.

Not a C++ parser: it reads the way these headers are written. Bodies are left out; what is private, deleted or in
namespace `detail` is nobody's business. One comment speaks for the lines under it up to an empty line.
"""
import dataclasses
import pathlib
import re

ORDER = ("plugin", "input", "options", "host", "reading", "batch", "stop", "errors", "log", "refusal", "write", "receive", "probe", "sink", "text")
INTERNAL = ("check",)


@dataclasses.dataclass
class Thing:
    name: str
    comment: str
    code: list[str] = dataclasses.field(default_factory=list)
    undocumented: list[str] = dataclasses.field(default_factory=list)


def headers(include: pathlib.Path) -> list[pathlib.Path]:
    return [include / "telltale/cpp" / f"{name}.hpp" for name in ORDER]


def file_comment(path: pathlib.Path) -> str:
    lines = path.read_text(encoding="utf-8").split("\n")
    end = next(i for i, line in enumerate(lines) if not line.startswith("//"))
    return "\n".join(re.sub(r"^// ?", "", line) for line in lines[:end])


def _statements(lines: list[str]) -> list[tuple[str, list[str]]]:
    """(kind, lines) of each comment, empty line and declaration, bodies included."""
    found: list[tuple[str, list[str]]] = []
    i = 0
    while i < len(lines):
        stripped = lines[i].strip()
        if not stripped or stripped.startswith("//"):
            kind = "comment" if stripped else "empty"
            if kind == "comment" and found and found[-1][0] == "comment":
                found[-1][1].append(stripped)
            else:
                found.append((kind, [stripped]))
            i += 1
            continue
        begin, depth = i, 0
        while i < len(lines):
            bare = re.sub(r'"(\\.|[^"\\])*"|//.*', "", lines[i])
            depth += sum(bare.count(c) for c in "{([") - sum(bare.count(c) for c in "})]")
            i += 1
            if depth == 0 and re.search(r"[;}:]\s*$|^\s*#", bare) and not re.search(r"[^:]:\s*$(?<!public:)(?<!private:)", bare):
                break
        found.append(("code", lines[begin:i]))
    return found


def declaration(lines: list[str]) -> str:
    """A declaration without its body and its constructor's initialisers, in one line."""
    text = " ".join(re.sub(r"\s//.*$", "", line).strip() for line in lines)
    depth = 0
    for at, c in enumerate(text):
        depth += (c in "(<") - (c in ")>" and text[at - 1] != "-")
        if depth == 0 and (text.startswith(" : ", at) or (c == "{" and ")" in text[:at])):
            return text[:at].rstrip() + ";"
    return text


def _trailing(lines: list[str]) -> str:
    match = re.search(r"\s//\s?(.*)$", lines[-1])
    return match[1] if match else ""


def _words(comment: list[str]) -> str:
    return "\n".join(re.sub(r"^// ?", "", line) for line in comment)


def _is_special(text: str, name: str) -> bool:
    """What explains itself: constructors, destructors, assignments, conversions, what a base explains."""
    return text.startswith("using std::") or text.endswith("override;") or bool(re.match(rf"(template .*> )?(constexpr |explicit |virtual )*(~?{name}\(|{name}& operator|operator )", text))


def _class(name: str, comment: list[str], lines: list[str], is_struct: bool) -> Thing:
    thing = Thing(name, _words(comment))
    public, speaks = is_struct, ""
    for kind, part in _statements(lines):
        text = declaration(part) if kind == "code" else ""
        if text in ("public:", "private:", "protected:"):
            public, speaks = text == "public:", ""
        elif kind == "empty":
            speaks = ""
        elif not public or "= delete" in text:
            continue
        elif kind == "comment":
            speaks = _words(part)
            thing.code += part
        else:
            behind = _trailing(part)
            thing.code.append(text + (f"  // {behind}" if behind else ""))
            if not speaks and not behind and not _is_special(text, name):
                thing.undocumented.append(f"{name}: {text}")
    return thing


def _without_detail(text: str) -> str:
    return re.sub(r"namespace (telltale::)?detail \{.*?\}  // namespace (telltale::)?detail\n", "", text, flags=re.DOTALL)


def parse(path: pathlib.Path) -> list[Thing]:
    text = _without_detail(path.read_text(encoding="utf-8"))
    body = text[text.find("namespace telltale {") :].split("\n")[1:] if "namespace telltale {" in text else text.split("\n")
    things: list[Thing] = []
    comment: list[str] = []
    for kind, part in _statements(body):
        if kind == "comment":
            comment = part
            continue
        first = part[0] if kind == "code" else ""
        found = re.match(r"(class|struct|enum class) (\w+)(?!.*;$)", first)
        macro = re.match(r"#define (\w+)", first)
        value = re.match(r"inline constexpr .*?(\w+) = ", first)
        if found and found[1] == "enum class":
            things.append(Thing(found[2], _words(comment), [line for line in part]))
        elif found:
            things.append(_class(found[2], comment, part[1:-1], found[1] == "struct"))
        elif value:
            things.append(Thing(value[1], _words(comment) or _trailing(part)))
        elif macro:
            things.append(Thing(macro[1], _words(comment), [first.rstrip("\\ ").removeprefix("#define ")]))
        elif kind == "code" and re.match(r"\[\[nodiscard\]\]|constexpr|template <", first):
            text = declaration(part)
            name = re.search(r"(\w+)\(|concept (\w+)", text)
            things.append(Thing((name[1] or name[2]) if name else text, _words(comment), [text]))
        if kind == "code" or kind == "empty":
            comment = []
    for thing in things:
        if not thing.comment:
            thing.undocumented.append(thing.name)
    return things
