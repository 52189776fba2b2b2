"""What docs/derived.md and docs/alarms.md show is accepted as it stands."""
import re

import pytest
from harness import ROOT

BLOCKS = [
    pytest.param(block, id=f"{name} {number}")
    for name in ("derived", "alarms")
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```", (ROOT / f"docs/{name}.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_each_example_is_accepted(daemon, block):
    one = daemon("inputs: []\n" + block)
    assert one.tool("check", str(one.config_path)).returncode == 0
