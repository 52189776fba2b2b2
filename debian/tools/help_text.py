"""What a program says about itself with --help, as data. The manual and the completion are made of it, so that they
cannot say anything else than the program."""
import dataclasses
import os
import pathlib
import re
import subprocess


@dataclasses.dataclass
class Entry:
    """A line of a section: `-o,--output TEXT:{a,b}=a   What it is`."""

    head: str
    text: str

    @property
    def names(self) -> list[str]:
        return self.head.split(" ")[0].split(",")

    @property
    def choices(self) -> list[str]:
        found = re.search(r"\{([^}]*)\}", self.head)
        return found[1].split(",") if found else []


@dataclasses.dataclass
class Command:
    """A program or one of its commands; `path` has the words behind the program's name."""

    program: str
    path: list[str]
    summary: str
    usage: str
    sections: dict[str, list[Entry]]
    footer: str
    commands: list["Command"]

    @property
    def name(self) -> str:
        return " ".join([self.program, *self.path])

    def walk(self):
        yield self
        for command in self.commands:
            yield from command.walk()


def read(binary: pathlib.Path, *path: str) -> Command:
    # A foreign machine's program is run by another.
    emulator = os.environ.get("EMULATOR", "").split()
    run = subprocess.run([*emulator, binary, *path, "--help"], capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
    before, _, after = run.stdout.partition("Usage: ")
    usage, _, rest = after.partition("\n")
    sections: dict[str, list[Entry]] = {}
    current: list[Entry] | None = None
    footer: list[str] = []
    for line in rest.split("\n"):
        title = re.fullmatch(r"(Positionals|Options|Subcommands):", line)
        entry = re.fullmatch(r"  (\S.*?)(?: {2,}(\S.*))?", line)
        if title and not footer:
            current = sections.setdefault(title[1], [])
        elif current is not None and re.match(r" {20,}\S", line):
            current[-1].text = f"{current[-1].text} {line.strip()}".strip()
        elif current is not None and entry:
            head, text = entry[1], entry[2] or ""
            # A head that fills its column has but one blank before the text.
            narrow = re.fullmatch(r"(\S+(?: (?:Excludes|Needs): \S+)+) (\S.*)", head)
            current.append(Entry(*narrow.groups()) if narrow and not text else Entry(head, text))
        elif line.strip() or footer:
            current = None if line.strip() else current
            footer.append(line)
    commands = [read(binary, *path, entry.names[0]) for entry in sections.get("Subcommands", [])]
    return Command(binary.name, list(path), before.strip(), usage, sections, "\n".join(footer).strip(), commands)
