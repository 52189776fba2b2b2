"""Every option of every plugin stands in an example that a user can copy, and every example starts."""
import json
import re
import subprocess

import pytest
import yaml
from harness import BUILD, ROOT, TELLTALE, wait_until

EXAMPLES = sorted((ROOT / "config/examples").glob("*.yaml"))
NAMES = sorted(path.stem for path in (BUILD / "lib/telltale/plugins").glob("*.so"))


def paths_of(schema: dict, before: str = "") -> set[str]:
    """Names of all options in a schema: `payload.layout.bits`. Lists and short forms add nothing to a name."""
    found = set()
    for name, option in schema.get("properties", {}).items():
        found.add(before + name)
        found |= paths_of(option, f"{before}{name}.")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found |= paths_of(schema[key], before)
    for key in ("anyOf", "oneOf"):
        for branch in schema.get(key, []):
            found |= paths_of(branch, before)
    return found


def paths_in(value, before: str = "") -> set[str]:
    """Names of all options that an example sets."""
    if isinstance(value, list):
        return set().union(*(paths_in(item, before) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return set().union(*({before + name} | paths_in(item, f"{before}{name}.") for name, item in value.items())) if value else set()


# A table that stands in another place too: what is shown of it there need not be shown again.
SAME = {("serial", "poll.payload."): "payload."}


def entries_of(file, section: str) -> list[dict]:
    return yaml.load(file.read_text(), yaml.BaseLoader).get(section, [])


def schema_of(name: str) -> dict:
    done = subprocess.run([TELLTALE, "plugin", "schema", name], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_there_are_plugins():
    assert {"linux", "modbus", "mqtt", "serial", "simulator", "webhook"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_in_an_example(name):
    known = paths_of(schema_of(name))
    assert known, f"{name} has no options: is the schema read rightly?"
    shown = set()
    for file in EXAMPLES:
        for entry in entries_of(file, "inputs") + entries_of(file, "sinks"):
            if entry["plugin"] == name:
                shown |= paths_in(entry.get("options", {}))
    for (plugin, place), elsewhere in SAME.items():
        if plugin != name:
            continue
        here = {path.removeprefix(place) for path in known if path.startswith(place)}
        assert here and here == {path.removeprefix(elsewhere) for path in known if path.startswith(elsewhere)}
        assert any(path.startswith(place) for path in shown), f"{place} is not shown at all"
        shown |= {place + path for path in here if elsewhere + path in shown}
    assert sorted(known - shown) == [], f"no example shows these of {name}"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_starts(daemon, file, tmp_path):
    # What it names of another machine's files is not here: an input then says so, and goes on.
    # Nor are its names looked up: a test stays on this machine, and the thread that glibc makes for getaddrinfo_a() is one
    # that a thread sanitizer does not know of, and ends the process for.
    one = daemon(re.sub(r"[a-z]+\.example\b", "127.0.0.1", file.read_text())).start()

    def all_run() -> bool:
        told = []
        for section in ("inputs", "sinks"):
            these = one.get(f"/api/v1/{section}")
            assert {item["id"] for item in these} == {entry["id"] for entry in entries_of(file, section)}
            told += these
        for item in told:
            assert not item["last_error"], item
        return all(item["pid"] and item["state"] in ("running", "connecting", "failing") for item in told)

    wait_until("each input and sink runs and says how it is", all_run, 20)
    assert one.stop() == 0
