"""A wrong configuration is named whole, with places, and nothing starts half."""
import re
import subprocess

import pytest
from harness import ROOT, TELLTALE

WRONG = """\
device: {name: press-7}
server: {listen: 127.0.0.1:8080, veiw: public}
storage: {commit: soon}
inputs:
  - id: one
    plugin: simulator
    options:
      every: 1s
      wavs: []
  - id: one
    plugin: simulatr
windows: 7
"""
# line, column, and a word of the message
EXPECTED = [(2, 34, "view"), (3, 19, "commit"), (9, 7, "waves"), (10, 9, "one"), (11, 13, "simulator"), (12, 10, "windows")]


EXAMPLES = sorted((ROOT / "config/examples").glob("*.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_is_valid(file):
    done = subprocess.run([TELLTALE, "check", file], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def places(text: str, name: str) -> dict[tuple[int, int], str]:
    found = re.findall(rf"{re.escape(name)}:(\d+):(\d+): error: (.*)", text)
    return {(int(line), int(column)): message for line, column, message in found}


@pytest.mark.parametrize("by", ["telltaled", "telltaled --check", "telltale check"])
def test_every_mistake_is_named_at_once(daemon, by):
    one = daemon(WRONG, arguments=["--check"] if by.endswith("--check") else [])
    if by == "telltale check":
        done = subprocess.run([TELLTALE, "check", one.config_path], capture_output=True, text=True, timeout=30)
        code, output = done.returncode, done.stdout + done.stderr
    else:
        code = one.spawn().process.wait(30)
        output = one.log()
    assert code == 78, output
    found = places(output, "telltale.yaml")
    for line, column, word in EXPECTED:
        assert (line, column) in found, f"no error at {line}:{column} in\n{output}"
        assert word in found[line, column], found[line, column]
    assert "    options:" not in output, "only the offending lines are shown"
    assert re.search(r"^\s*\^", output, re.MULTILINE), "a caret stands under the place"
    assert not one.state_dir.exists(), "nothing started"


def test_a_good_file_passes(daemon):
    one = daemon("inputs: [{id: sim, plugin: simulator}]\n")
    done = subprocess.run([TELLTALE, "check", one.config_path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", ["a: [", "&a [*a, *a]", "inputs: 7", "- 1", "{" * 10000, "x: \t- y", "\0", "a: 1\na: 2"])
def test_files_that_are_no_configuration_are_refused(daemon, text):
    one = daemon(text)
    done = subprocess.run([TELLTALE, "check", one.config_path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 78, done.stderr
    assert "telltale.yaml:" in done.stdout + done.stderr
