"""docs/operations.md: every snippet is run, in order, against a device of its own."""
import os
import re
import subprocess
import time

import pytest
from harness import ROOT, SLOWNESS, TELLTALE, Daemon

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

# What an installed device has: the tool, sudo, systemctl. The tool finds its daemon, and the service is the test's.
TOOL = """#!/bin/bash
case "$1" in
  restore) exec {tool} --run {run} "$@" --state {state} --config {config} ;;
  *) exec {tool} --run {run} "$@" ;;
esac
"""
SUDO = '#!/bin/bash\nexec "$@"\n'
SYSTEMCTL = """#!/bin/bash
case "$1" in start|stop) ;; *) exit 0 ;; esac
echo "$1" > {home}/ask.new && mv {home}/ask.new {home}/ask
while [ -e {home}/ask ]; do sleep 0.02; done
"""


@pytest.fixture(scope="module")
def device():
    one = Daemon("device: {name: press-7}\nstorage: {commit: 1s, raw: 36000d}\ninputs: []\n")
    try:
        (one.home / "bin").mkdir()
        (one.home / "usb").mkdir()
        names = {"tool": TELLTALE, "run": one.run_dir, "state": one.state_dir, "config": one.config_path, "home": one.home}
        for name, text in (("telltale", TOOL), ("sudo", SUDO), ("systemctl", SYSTEMCTL)):
            path = one.home / "bin" / name
            path.write_text(text.format(**names))
            path.chmod(0o755)
        one.start()
        lines = "\n".join(f"press7.oil.temperature value={60 + i / 8} {(1_700_000_000 + i) * 10**9}" for i in range(500))
        assert one.request("POST", "/api/v1/write?durable=1", lines).status == 204
        yield one
    finally:
        one.clean_up()


def serve(device, deadline: float, process) -> None:
    """Does what the snippet asks of the service until it ends."""
    ask = device.home / "ask"
    while process.poll() is None:
        assert time.monotonic() < deadline, "the snippet does not end"
        if ask.exists():
            if ask.read_text().strip() == "stop":
                device.stop()
            else:
                device.start()
            ask.unlink()
        time.sleep(0.01)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.splitlines()[0][:50])
def test_a_snippet_does_what_it_says(device, snippet):
    here = snippet.replace("/media/usb", str(device.home / "usb")).replace("/var/lib/telltale", str(device.state_dir))
    environment = device.environment() | {"PATH": f"{device.home}/bin:{os.environ['PATH']}"}
    process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", here], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        serve(device, time.monotonic() + 60 * SLOWNESS, process)
    finally:
        process.kill()
        out, _ = process.communicate()
    # A device in a container has a disk that is nearly full, or no clock: that is told, and is no fault of the page's.
    doctor = "telltale doctor" in snippet and process.returncode == 1 and re.search(r"^disk\.\S+\s+bad", out, re.MULTILINE)
    assert process.returncode == 0 or doctor, out
    assert len(device.raw("press7.oil.temperature", "0")) == 500


def test_the_past_came_in(device):
    assert [value for _, value in device.raw("oven.door", "0")] == ["closed", "open"]
    assert device.raw("oven.temperature", "0")[0] == [1699945200000, 181.5]
    assert (device.home / "usb/press7.csv").read_text().count("\n") == 501
