#!/usr/bin/env python3
"""Manual pages and bash completion of both programs, out of what they say themselves with --help.

Usage: manual.py BIN_DIR SHARE_DIR DEFAULT_CONFIG
Writes SHARE_DIR/man/man1/telltale.1, man8/telltaled.8, man5/telltale.yaml.5 and SHARE_DIR/bash-completion/completions.
"""
import datetime
import os
import pathlib
import sys

from help_text import Command, read

FILES = [
    ("/etc/telltale/telltale.yaml", "the configuration, see telltale.yaml(5)"),
    ("/etc/telltale/dashboards/*.yaml", "dashboards"),
    ("/etc/telltale/provision.yaml", "where the configuration is fetched from, and which keys sign it; none: nowhere"),
    ("/etc/credstore/telltale/NAME", "the secret that the configuration calls !secret NAME; for root alone"),
    ("/var/lib/telltale", "the history, and the accounts"),
    ("/run/telltale", "the journal of what is not committed yet, and the socket that telltale(1) uses"),
]
COMPLETION = """\
# bash completion of {name}, made from its --help.
_{name}() {{
  local -A commands=({commands})
  local -A options=({options})
  local -A choices=({choices})
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path=: i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ " ${{commands[$path]-}} " == *" ${{COMP_WORDS[i]}} "* ]]; then path+="${{COMP_WORDS[i]}}:"; fi
  done
  if [[ -n ${{choices[$path$previous]-}} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${{choices[$path$previous]}}" -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${{options[$path]-}}" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "${{commands[$path]-}}" -- "$current")
  fi
}}
complete -o default -F _{name} {name}
"""


def roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    return "\n".join("\\&" + line if line.startswith((".", "\\(aq")) else line for line in escaped.split("\n"))


def verbatim(text: str) -> list[str]:
    return [".PP", ".nf", roff(text), ".fi"]


def entries(command: Command, section: str) -> list[str]:
    lines = []
    for entry in command.sections.get(section, []):
        lines += [".TP", f".B {roff(entry.head)}", roff(entry.text) or "\\&"]
    return lines


def page(name: str, number: int, what: str, body: list[str], also: str) -> str:
    date = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    files = [line for path, text in FILES for line in (".TP", f".I {roff(path)}", roff(text))]
    head = [f'.TH {name.upper()} {number} "{date:%Y-%m-%d}" Telltale Telltale', ".SH NAME", f"{name} \\- {roff(what)}"]
    return "\n".join([*head, *body, ".SH FILES", *files, ".SH SEE ALSO", also, ""])


def program_page(command: Command, number: int, what: str, also: str) -> str:
    body = [".SH SYNOPSIS", f".B {roff(command.usage)}", ".SH DESCRIPTION", roff(command.summary)]
    body += [".SH OPTIONS", *entries(command, "Options")]
    leaves = [one for one in command.walk() if one.path and not one.commands]
    if leaves:
        body.append(".SH COMMANDS")
    for one in leaves:
        body += [f".SS {roff(one.usage)}", roff(one.summary), *entries(one, "Positionals"), *entries(one, "Options")]
        if one.footer and one.footer != command.footer:
            body += verbatim(one.footer)
    return page(command.program, number, what, [*body, ".SH NOTES", *verbatim(command.footer)], also)


def config_page(config: pathlib.Path) -> str:
    body = [
        ".SH DESCRIPTION",
        "The configuration of telltaled(8), in YAML. An unknown key, a wrong type, an impossible value is an error with its",
        "line, its column and the nearest valid word; all are told at once, and nothing starts half. The options of an input",
        roff("are its plugin's own: telltale plugin info NAME lists them. The file as it is installed:"),
        *verbatim(config.read_text(encoding="utf-8")),
    ]
    return page("telltale.yaml", 5, "configuration of Telltale", body, ".BR telltaled (8), \n.BR telltale (1)")


def completion(command: Command) -> str:
    def table(rows: dict[str, list[str]]) -> str:
        return "".join(f"\n    ['{key}']='{' '.join(words)}'" for key, words in rows.items() if words) + ("\n  " if rows else "")

    commands, options, choices = {}, {}, {}
    for one in command.walk():
        key = ":" + "".join(f"{word}:" for word in one.path)
        commands[key] = [child.path[-1] for child in one.commands]
        options[key] = [name for entry in one.sections.get("Options", []) for name in entry.names]
        for entry in one.sections.get("Options", []):
            choices.update({key + name: entry.choices for name in entry.names if entry.choices})
    return COMPLETION.format(name=command.program, commands=table(commands), options=table(options), choices=table(choices))


def main() -> None:
    binaries, share, config = map(pathlib.Path, sys.argv[1:])
    tool, daemon = read(binaries / "telltale"), read(binaries / "telltaled")
    pages = {
        "man/man1/telltale.1": program_page(tool, 1, "look after a Telltale daemon", ".BR telltaled (8), \n.BR telltale.yaml (5)"),
        "man/man8/telltaled.8": program_page(daemon, 8, "live readings and their history", ".BR telltale (1), \n.BR telltale.yaml (5)"),
        "man/man5/telltale.yaml.5": config_page(config),
        "bash-completion/completions/telltale": completion(tool),
        "bash-completion/completions/telltaled": completion(daemon),
    }
    for name, text in pages.items():
        (share / name).parent.mkdir(parents=True, exist_ok=True)
        (share / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
