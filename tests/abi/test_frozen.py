"""What was released stays: plugins built with the first header load and run, and nothing it declared has changed."""
import json
import pathlib
import sys

import pytest
from harness import wait_until
from outside import ROOT

sys.path.insert(0, str(ROOT / "sdk/tools"))
import headers  # noqa: E402

FROZEN = pathlib.Path(__file__).parent / "frozen"
RELEASES = sorted(path.name for path in FROZEN.iterdir() if path.is_dir())
INCLUDE = ROOT / "sdk/include"
CONFIG = """
inputs:
  - id: old
    plugin: old
    isolation: {isolation}
    options: {{room: hall, scale: {{factor: 2}}}}
"""


def declarations(path: pathlib.Path) -> dict[str, str]:
    """Everything a header declares, without its comments."""
    found = {}
    for item in headers.parse(path).items:
        found[item.name] = item.text
        for place, member in enumerate(item.members):
            found[f"{item.name}.{place}"] = member.text  # by place: the order is the layout
        if item.members:
            found[f"{item.name}.size"] = str(len(item.members))
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_release_declared_is_declared_the_same(release):
    for old in sorted((FROZEN / release / "telltale").rglob("*.h")):
        was = declarations(old)
        now = declarations(INCLUDE / old.relative_to(FROZEN / release))
        if release.split(".")[0] == was.get("TELLTALE_ABI_MAJOR", "").rstrip("u"):
            was.pop("TELLTALE_ABI_MINOR")  # grows
        changed = {name: (text, now.get(name)) for name, text in was.items() if now.get(name) != text}
        assert not changed, f"{old.name}: a published declaration never changes; growth is a new interface id"
        assert len(was) > 1, "the reader of headers overlooks something"


@pytest.fixture(params=RELEASES)
def plugin(request, prefix, compiler, tmp_path) -> pathlib.Path:
    """The fixture plugin of a release, built against the frozen headers of that release and nothing else."""
    release = tmp_path / "release"
    release.mkdir()
    for file in (FROZEN / request.param).rglob("*.[ch]"):
        target = release / file.relative_to(FROZEN / request.param)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text())
    command = [compiler["CC"], "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden", "-I", release,
               release / "plugin.c", "-o", tmp_path / "old.so"]  # fmt: skip
    prefix.run(*command)
    return tmp_path / "old.so"


def test_an_old_plugin_describes_itself(prefix, plugin):
    info = json.loads(prefix.run("telltale", "plugin", "info", "old", "--plugins", plugin.parent, "--json").stdout)
    assert info["abi"] == "1.0" and info["needs"] == ["network"]
    options = info["schema"]["properties"]
    assert sorted(options) == ["every", "file", "key", "room", "scale"]
    assert options["room"]["enum"] == ["hall", "cellar"] and options["file"]["deprecated"]
    if prefix.knows("validate"):
        prefix.run("telltale", "plugin", "validate", plugin)


@pytest.mark.parametrize("isolation", ["process", "none"])
def test_an_old_plugin_runs(plugin, daemon_with, isolation):
    one = daemon_with(plugin.parent, CONFIG.format(isolation=isolation))
    key = 'old.level{room="hall"}'
    one.wait_for_series(key)
    values = wait_until("its readings", lambda: (rows := [value for _, value in one.raw(key)]) and len(rows) > 4 and rows)
    assert values[:4] == [0, 2, 4, 6]
    assert [value for _, value in one.raw("old.total")][:3] == [0, 1, 2]
    series = {item["key"]: item for item in one.get("/api/v1/series")}
    assert series[key]["unit"] == "m" and series["old.mode"]["kind"] == "state" and series["old.total"]["kind"] == "counter"
    assert one.latest("old.total")["old.total"]["quality"] == "uncertain"
    assert one.latest("old.door")["old.door"]["value"] == "hall"
    wait_until("its lines", lambda: "lines arrive" in one.log() and "fields arrive abi=1.0" in one.log())
    state = one.input("old")
    assert state["state"] == "running" and state["counters"]["polls"] > 0, state
