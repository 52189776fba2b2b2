"""Texts that must not be in the tree: promises, places of one machine, addresses of one network.

The patterns are put together from pieces, so that this file does not break its own rule.
"""
import functools
import re

from tree import Tree, Violation

FORBIDDEN = (
    ("promise", r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b", "do it or leave it out"),
    ("issue-number", r"\bissues? (number )?#?\d+\b", "say what it is about; numbers of a tracker say nothing here"),
    ("machine-path", r"(?<![\w.-])/(?:wo" + r"rk|ro" + r"ot|Us" + r"ers)/\w+", "a path of somebody's machine"),
    ("machine-path", r"(?<![\w.-])/ho" + r"me/(?!pi\b|user\b|\$)\w+", "a path of somebody's machine"),
    ("registry-host", r"\"resolved\":\s*\"http", "leave registry addresses out of lock files: omit-lockfile-registry-resolved"),
    ("registry-host", r"(?i)\b[\w.-]*(artifac" + r"tory|nex" + r"us|veraci" + r"on|devpi)\w*\.[a-z]{2,}", "a package mirror's address"),
    ("registry-host", r"registry\.(npm|yarnpkg)" + r"\S*\.\w+", "a registry's address; npm knows it"),
)


@functools.cache
def found_in(text: str) -> list[tuple[str, int, str]]:
    """(rule, line, message) of each forbidden text."""
    return [
        (rule, text.count("\n", 0, match.start()) + 1, f"{match[0]!r}: {advice}")
        for rule, pattern, advice in FORBIDDEN
        for match in re.finditer(pattern, text)
    ]


def check(tree: Tree) -> list[Violation]:
    return [
        Violation(rule, path, line, message)
        for path, text in tree.texts.items()
        for rule, line, message in found_in(text)
    ]
