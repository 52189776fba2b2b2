"""The pieces of code of a guide in Markdown: what each is for is the line that opens it.

    ```sh                      commands, run in order in one place
    ```cpp file=PATH           a whole file, written there
    ```cpp class               a plugin's class, compiled
    ```cpp poll                what a poll() may hold, compiled
    ```yaml config series=KEY  a configuration: the daemon runs with it, and KEY gets a reading
    ```text                    for people alone
"""
import dataclasses
import re


@dataclasses.dataclass
class Piece:
    kind: str  # `sh`, `cpp file`, `cpp class`, `cpp poll`, `yaml config`, `text`
    value: str  # behind the `=`
    text: str
    line: int


def pieces(markdown: str) -> list[Piece]:
    found = []
    for match in re.finditer(r"^```(\S*)(?: (\w+)(?:=(\S+))?)?(?: series=(\S+))?\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL):
        kind = f"{match[1]} {match[2]}" if match[2] else match[1]
        found.append(Piece(kind, match[3] or match[4] or "", match[5], markdown.count("\n", 0, match.start()) + 1))
    return found
