"""The documentation as a site, and what its first pages tell people to type."""
import os
import re
import shutil
import subprocess

import pytest
from harness import ROOT, SLOWNESS, TELLTALE

PAGE = (ROOT / "docs/first-dashboard.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DASHBOARD, RULES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CONFIG = "device: {name: press-7}\ninputs: [{id: host, plugin: linux}]\n"


@pytest.mark.skipif(shutil.which("mkdocs") is None, reason="there is no mkdocs")
def test_the_site_is_built_without_a_warning_and_leads_nowhere_else(tmp_path):
    command = ["mkdocs", "build", "--quiet", "--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120 * SLOWNESS)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    pages = {path.name: path.read_text() for path in tmp_path.rglob("*.html")}
    assert {"index.html", "first-dashboard.html", "faq.html", "comparison.html", "wiring.html"} <= set(pages)
    links = [link for text in pages.values() for link in re.findall(r'href="([^"#]+)', text) if not link.startswith(("http", "mailto:"))]
    assert [link for link in links if link.startswith("../../") or link.endswith(".md")] == []


def test_what_the_first_pages_say_works_as_it_stands(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("cpu.*")
    (one.home / "bin").mkdir()
    tool = one.home / "bin/telltale"
    tool.write_text(f'#!/bin/sh\nexec {TELLTALE} --run {one.run_dir} "$@"\n')
    tool.chmod(0o755)
    environment = one.environment() | {"PATH": f"{one.home}/bin:{os.environ['PATH']}"}
    (one.home / "dashboards").mkdir()
    (one.home / "dashboards/oven.yaml").write_text(DASHBOARD)
    assert len(SNIPPETS) == 4
    for snippet in SNIPPETS:
        if "check" in snippet:
            one.config_path.write_text(CONFIG + RULES)
        here = snippet.replace("127.0.0.1:8080", f"127.0.0.1:{one.port}").replace("/etc/telltale", str(one.home))
        done = subprocess.run(["bash", "-e"], input=here, capture_output=True, text=True, timeout=60 * SLOWNESS, env=environment, cwd=one.home)
        assert done.returncode == 0, f"{snippet}\n{done.stdout}\n{done.stderr}"
        if "curl" in snippet:
            assert one.wait_for_series("oven.temperature")["oven.temperature"]["value"] == 181.5
    assert "oven.temperature" in (one.home / "oven.csv").read_text()
    assert [item["name"] for item in one.get("/api/v1/dashboards")] == ["oven"]
