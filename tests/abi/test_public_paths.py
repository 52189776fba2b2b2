"""What every plugin may read stands in two places that know nothing of each other: what isolation lets through, and what the
validator takes for granted. They say the same."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Reached by links from elsewhere (/bin is /usr/bin), or read by the loader before anything is watched.
ONLY_ISOLATED = {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload"}
ONLY_VALIDATED = {"/bin", "/etc/ld.so."}


def paths(file: str, name: str) -> set[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    table = re.search(rf"\b{name}\[\] = \{{(.*?)\}};", text, re.DOTALL)
    assert table, f"{file} has no table {name}"
    found = {path.rstrip("/") for path in re.findall(r'"(/[^"]*)"', table[1])}
    assert len(found) > 3
    return found


def test_both_lists_are_the_same():
    isolated = paths("daemon/host/confine.cpp", "kReadable")
    validated = paths("sdk/validator/watch.cpp", "kPublic") | paths("sdk/validator/watch.cpp", "kPublicDevices")
    assert isolated - ONLY_ISOLATED == validated - ONLY_VALIDATED
