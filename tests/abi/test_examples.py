"""The examples of the SDK: short, built outside the tree, and run by the real daemon in processes of their own."""
import json
import shutil

import pytest
from harness import wait_until
from outside import ROOT

EXAMPLES = ("poll.c", "stream.c", "poll.cpp", "stream.cpp")
MAX_LINES = 40
CONFIG = """
inputs:
  - {{id: one, plugin: poll_c, isolation: {isolation}, options: {{every: 20ms}}}}
  - {{id: two, plugin: stream_c, isolation: {isolation}}}
  - {{id: three, plugin: poll_cpp, isolation: {isolation}, options: {{every: 20ms}}}}
  - {{id: four, plugin: stream_cpp, isolation: {isolation}, options: {{file: {file}}}}}
"""


@pytest.fixture
def built(prefix, compiler, tmp_path):
    shutil.copytree(ROOT / "sdk/examples", tmp_path / "examples")
    prefix.shell("cmake -B build && cmake --build build", tmp_path / "examples", **compiler)
    return tmp_path / "examples/build"


@pytest.mark.parametrize("name", EXAMPLES)
def test_is_short(name):
    lines = (ROOT / "sdk/examples" / name).read_text().count("\n")
    assert lines < MAX_LINES, f"{name} has {lines} lines"


def read_lines(daemon) -> list[str]:
    return [value for _, value in daemon.raw("stream_cpp.line")]


@pytest.mark.parametrize("isolation", ["process", "none"])
def test_each_publishes_what_it_says(built, prefix, tmp_path, daemon_with, isolation):
    for library in built.glob("*.so"):
        assert prefix.symbols(library) == ["telltale_plugin_entry"], library
    followed = tmp_path / "followed.txt"
    followed.write_text("first\n")
    one = daemon_with(built, CONFIG.format(isolation=isolation, file=followed))
    for key in ("poll_c.load", "stream_c.late", "poll_cpp.load"):
        one.wait_for_series(key)
        wait_until(f"some readings of {key}", lambda key=key: len(one.raw(key)) > 2)
    one.wait_for_series("stream_cpp.line")
    wait_until("the line that was there", lambda: read_lines(one) == ["first"])
    with followed.open("a") as file:
        file.write("second\nthird\n")
    wait_until("the lines that came later", lambda: read_lines(one) == ["first", "second", "third"])
    assert [value for _, value in one.raw("stream_cpp.lines")] == [1, 2, 3]
    series = {item["key"]: item for item in one.get("/api/v1/series")}
    assert series["stream_c.late"]["unit"] == "ms" and series["stream_cpp.line"]["kind"] == "event"
    assert series["stream_cpp.lines"]["kind"] == "counter"
    states = {item["id"]: item["state"] for item in one.get("/api/v1/inputs")}
    assert set(states.values()) == {"running"}, states


def test_the_c_plugins_pass_as_c(built, prefix):
    info = json.loads(prefix.run("telltale", "plugin", "info", "poll_c", "--plugins", built, "--json").stdout)
    assert info["interfaces"][0] == "telltale.poll/1" and info["schema"]["properties"]["every"]["default"] == "1s"
    if prefix.knows("validate"):
        for library in sorted(built.glob("*.so")):
            prefix.run("telltale", "plugin", "validate", library)
