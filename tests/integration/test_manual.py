"""The manual pages and the completion say what the programs say, and nothing of the machine that made them."""
import os
import pathlib
import re
import subprocess
import sys

import pytest
from harness import BUILD, ROOT, TELLTALE

TOOLS = ROOT / "debian/tools"


@pytest.fixture(scope="module")
def share(tmp_path_factory) -> pathlib.Path:
    directory = tmp_path_factory.mktemp("share")
    command = [sys.executable, TOOLS / "manual.py", BUILD / "bin", directory, ROOT / "config/telltale.yaml"]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"})
    return directory


def complete(share: pathlib.Path, *words: str) -> list[str]:
    script = '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _telltale; echo "${COMPREPLY[*]}"'
    file = share / "bash-completion/completions/telltale"
    done = subprocess.run(["bash", "-uc", script, "bash", file, *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def commands_of(*path: str) -> list[str]:
    told = subprocess.run([TELLTALE, *path, "--help"], capture_output=True, text=True, check=True).stdout
    _, _, listed = told.partition("\nSubcommands:\n")
    return re.findall(r"^  ([a-z]\S*)", listed.split("\n\n")[0], re.MULTILINE)


def test_every_command_has_its_place_in_the_manual(share):
    page = (share / "man/man1/telltale.1").read_text()
    commands = commands_of()
    assert len(commands) > 10
    for command in commands:
        leaves = [f"{command} {leaf}" for leaf in commands_of(command)] or [command]
        for leaf in leaves:
            assert f"\n.SS telltale {leaf} " in page, leaf


def test_options_carry_what_they_are_for(share):
    page = (share / "man/man8/telltaled.8").read_text()
    assert re.search(r"\.TP\n\.B \\-\\-state DIR\n\S.*history", page)
    assert str(ROOT) not in page


def test_the_configuration_page_has_the_default_file(share):
    page = (share / "man/man5/telltale.yaml.5").read_text()
    for line in ("server:", "  budget: 2GB", "inputs:"):
        assert line in page


def test_lines_that_begin_like_requests_are_text(share):
    for page in (share / "man").rglob("*.[158]"):
        for line in page.read_text().split("\n"):
            assert not line.startswith("'")
            assert not line.startswith(".") or re.match(r"\.(TH|SH|SS|TP|PP|BR|B|I|nf|fi)( |$)", line), line


def test_completion_knows_commands_options_and_choices(share):
    assert complete(share, "telltale", "") == commands_of()
    assert complete(share, "telltale", "plugin", "in") == ["info"]
    assert "--json" in complete(share, "telltale", "plugin", "info", "--")
    assert complete(share, "telltale", "query", "x", "--format", "") == ["table", "csv", "json", "ndjson"]
    assert complete(share, "telltale", "restore", "/some/file") == []
