"""What the pages show of a configuration is accepted as it stands; a piece of one, in the place that its indentation names."""
import re
import textwrap

import pytest
from harness import ROOT

PAGES = ["README.md", *(f"docs/{name}.md" for name in ("alarms", "containment", "derived", "network")), *sorted(
    str(path.relative_to(ROOT)) for pattern in ("docs/inputs/*.md", "plugins/*/README.md") for path in ROOT.glob(pattern)
)]  # fmt: skip
BLOCKS = [
    pytest.param(page, block, id=f"{page} {number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))
]
# What an input must have beside the piece.
NEEDED = {"mqtt": "url: mqtt://127.0.0.1", "serial": "port: /dev/ttyS0", "linux": "every: 1s"}


def whole(page: str, block: str) -> str:
    """A configuration with the block in it."""
    indentation = len(block) - len(block.lstrip(" "))
    plugin = page.split("/")[1] if page.startswith("plugins/") else page.rpartition("/")[2].removesuffix(".md")
    first = re.match(r" *-? *([a-z_]+)", block)[1]
    if page.startswith("docs/inputs/") and first not in ("inputs", "server", "derived", "rules"):
        block, indentation = textwrap.indent(block, " " * 6), 6
    if indentation == 0:
        return block if "inputs:" in block else "inputs: []\n" + block
    head = f"inputs:\n  - id: one\n    plugin: {plugin}\n"
    if indentation == 4:
        return head + block
    head += "    options:\n"
    if f"{NEEDED[plugin].split(':')[0]}:" not in block:
        head += f"      {NEEDED[plugin]}\n"
    return head + ("      subscribe:\n" if indentation == 8 else "") + block


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_each_example_is_accepted(daemon, page, block):
    one = daemon(whole(page, block))
    secrets = one.home / "secrets.yaml"
    secrets.write_text("mqtt: hunter2\nmail: hunter2\n")
    secrets.chmod(0o600)
    assert one.tool("check", str(one.config_path)).returncode == 0
