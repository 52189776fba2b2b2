"""docs/inputs says what the plugins themselves say of their options, and the schemas that editors use are schemas."""
import json
import sys

import jsonschema
import pytest
import yaml
from outside import BUILD, ROOT

sys.path.insert(0, str(ROOT / "sdk/tools"))
import input_docs  # noqa: E402

class Yaml12(yaml.SafeLoader):
    """As editors and the daemon read it: `off` is a text."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
NAMES = sorted(path.stem for path in (BUILD / "lib/telltale/plugins").glob("*.so"))


def test_every_page_is_up_to_date():
    assert NAMES, "no plugin is built"
    assert [page.name for page in input_docs.stale(BUILD)] == [], "run sdk/tools/input_docs.py"


def test_every_page_is_of_a_plugin():
    assert sorted(page.stem for page in input_docs.PAGES.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_an_editor_checks_is_what_the_daemon_takes(prefix, name):
    schema = json.loads(prefix.run("telltale", "plugin", "schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = [yaml.load(file.read_text(), Yaml12) for file in sorted((ROOT / "config/examples").glob("*.yaml"))]
    examples = [entry for file in files for entry in file.get("inputs", []) + file.get("sinks", []) if entry["plugin"] == name]
    for entry in examples:
        assert [error.message for error in validator.iter_errors(entry.get("options", {}))] == []
    assert list(validator.iter_errors({"no_such_option": 1})), "an unknown key is no error to an editor"


def test_a_page_without_marks_is_told():
    with pytest.raises(ValueError):
        input_docs.filled("# A page\n", "text")
    assert input_docs.filled(f"a\n{input_docs.BEGIN}\nold\n{input_docs.END}\nb\n", "new\n").split("\n")[2] == "new"
