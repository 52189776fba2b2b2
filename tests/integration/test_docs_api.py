"""docs/api.md: each snippet is run, in order, against one running daemon, and prints what the page says."""
import json
import re
import shutil
import subprocess

import pytest
from harness import ROOT, SLOWNESS, Daemon, wait_until

PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
RUNNERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": ["/usr/bin/python3", "-c"], "javascript": ["node", "--input-type=module", "-e"]}
# A snippet, and right behind it what it prints.
SNIPPETS = re.findall(r"^```(sh|python|javascript)\n(.*?)^```\n```(json|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def title(snippet: tuple) -> str:
    return f"{SNIPPETS.index(snippet)} {snippet[0]} {snippet[1].strip().splitlines()[0][:60]}"


@pytest.fixture(scope="module")
def running():
    one = Daemon("inputs: []\n")
    try:
        one.start()
        yield one
    finally:
        one.clean_up()


def output_of(language: str, code: str, lines: int) -> str:
    """What the snippet prints; a stream is ended when as many lines have come as the page shows."""
    endless = "curl -s -N " in code
    command = [*RUNNERS[language], f"exec {code}" if endless else code]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if endless:
            return "".join(process.stdout.readline() for _ in range(lines))
        out, err = process.communicate(timeout=30 * SLOWNESS)
        assert process.returncode == 0, err
        return out
    finally:
        process.kill()
        process.communicate()


def shape(value):
    """JSON without what differs from run to run: times, and the id of the run."""
    if isinstance(value, dict):
        return {key: "an id" if key == "boot" else shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "a time" if isinstance(value, int) and value > 10**12 else value


def without_run(text: str) -> str:
    """The same of a text that is not JSON as a whole."""
    return re.sub(r"\b[0-9a-f]{16}\b", "an id", re.sub(r"\b\d{13}\b", "a time", text))


def test_every_snippet_of_the_page_is_followed_by_what_it_prints():
    blocks = re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)
    assert len(blocks) == 2 * len(SNIPPETS) > 20
    assert {snippet[0] for snippet in SNIPPETS} == set(RUNNERS)


# One test: each builds on what those before it posted.
def test_the_snippets_do_what_the_page_says(running):
    assert shutil.which("node") and shutil.which("curl")
    for snippet in SNIPPETS:
        language, code, kind, expected = snippet
        code = code.replace("127.0.0.1:8080", f"127.0.0.1:{running.port}")
        got = output_of(language, code, expected.count("\n"))
        if kind == "json":
            assert shape(json.loads(got)) == shape(json.loads(expected)), title(snippet)
        else:
            assert without_run(got) == without_run(expected), title(snippet)
        if snippet is SNIPPETS[0]:
            wait_until("what was posted is shown", lambda: len(running.latest("greenhouse.*")) == 6)


def test_the_page_speaks_of_paths_that_exist(running):
    paths = set(re.findall(r"`(/[\w/]+)`", PAGE)) | set(re.findall(r":8080(/[\w/.]+)", PAGE))
    assert len(paths) > 8
    for path in paths:
        assert running.request("OPTIONS", path).status == 204, path
