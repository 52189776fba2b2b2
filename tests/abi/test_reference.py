"""Every word of the public headers is explained, as the ABI's rules ask for; and docs/reference says the same."""
import re
import sys

import pytest
from outside import ROOT

sys.path.insert(0, str(ROOT / "sdk/tools"))
import headers  # noqa: E402
import reference  # noqa: E402
import wrapper  # noqa: E402

INCLUDE = ROOT / "sdk/include"
HEADERS = headers.parse_all(INCLUDE)
THREADS = re.compile(r"\[(?:main|instance|any)\]")
LIFETIMES = re.compile(r"borrowed|copied|\blives?\b|\bvalid\b")
# Handles that every call has; their lifetimes stand with their types.
HANDLES = re.compile(r"const telltale_host\* host|telltale_instance\* instance|const telltale_report\* report")


def functions():
    for header in HEADERS:
        for item in header.items:
            if item.kind == "function":
                yield item
            yield from (member for member in item.members if member.kind == "function")


def words_of():
    for header in HEADERS:
        for item in header.items:
            yield f"{header.path.name}: {item.name}", item
            yield from ((f"{header.path.name}: {item.name}.{member.name}", member) for member in item.members)


ALL = dict(words_of())
FUNCTIONS = {f"{item.text}": item for item in functions()}


def test_all_headers_are_read():
    names = {path.relative_to(INCLUDE / "telltale").with_suffix("").as_posix() for path in (INCLUDE / "telltale").rglob("*.h")}
    assert names == set(headers.HEADERS)
    paths = {path.stem for path in (INCLUDE / "telltale/cpp").glob("*.hpp")}
    assert paths == {*wrapper.ORDER, *wrapper.INTERNAL}
    assert len(FUNCTIONS) > 20 and len(ALL) > 150, "the reader of headers overlooks something"


@pytest.mark.parametrize("name", ALL)
def test_has_a_comment(name):
    item, header = ALL[name], name.split(":")[0]
    assert item.doc, f"{item.text} is not explained"
    run = [other for key, other in ALL.items() if key.startswith(f"{header}:") and other.group == item.group]
    of_a_run = item.kind == "define" and len(run) > 1
    assert not of_a_run or item.comment, f"{item.name}: its run is explained, it is not"


@pytest.mark.parametrize("text", FUNCTIONS)
def test_a_function_says_results_lifetimes_and_one_thread(text):
    item = FUNCTIONS[text]
    assert len(THREADS.findall(item.doc)) == 1 and item.doc.endswith("]"), "exactly one thread tag, at the end"
    if text.startswith("telltale_result"):
        assert "TELLTALE_OK" in item.doc and "TELLTALE_E_" in item.doc, "the results it may answer"
    elif "*" in text.split("(")[0]:
        assert "NULL" in item.doc, "when it answers NULL"
    shown = HANDLES.sub("", text)
    if "*" in shown.split("(", 2)[-1] or "*" in text.split("(")[0] or "telltale_str" in shown:
        assert LIFETIMES.search(item.doc), "how long what is pointed to must live"


@pytest.mark.parametrize("path", wrapper.headers(INCLUDE), ids=lambda path: path.name)
def test_the_wrapper_is_explained(path):
    things = wrapper.parse(path)
    assert things, "nothing public in it?"
    assert wrapper.file_comment(path)
    assert [word for thing in things for word in thing.undocumented] == []


@pytest.mark.parametrize("name", reference.pages())
def test_the_reference_is_up_to_date(name):
    file = ROOT / "docs/reference" / name
    assert file.exists() and file.read_text() == reference.pages()[name], "run sdk/tools/reference.py"
