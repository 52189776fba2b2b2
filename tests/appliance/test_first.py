"""The first ten minutes: the lines that the README gives to install, in a bare Debian, lead to a page that shows the
machine, and soon."""
import json
import re
import subprocess
import time

import pytest
from machine import SLOWNESS, Machine, wait_until
from mirror import Mirror
from root import BASE, ROOT, NoRoot, built, root, skip, why_not

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECONDS = 120


def lines() -> list[str]:
    """Of the README, what is done on the device."""
    block = next(block for block in re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) if "apt install" in block)
    return block.strip().splitlines()


@pytest.fixture(scope="module")
def bare():
    if reason := why_not("curl"):
        skip(reason)
    try:
        machine = Machine(root("bare", BASE), built())
    except NoRoot as reason:
        skip(reason)
    try:
        yield machine.boot()
    finally:
        machine.clean_up()


def fetch(device: Machine, path: str) -> tuple[int, str]:
    command = ["nsenter", "--net", f"--target={device.leader}", "--", "curl", "-s", "-m", "10", "-w", "\n%{http_code}", f"http://127.0.0.1:8080{path}"]
    body, _, status = subprocess.run(command, capture_output=True, text=True).stdout.rpartition("\n")
    return int(status or 0), body


def latest(device: Machine, glob: str) -> dict[str, dict]:
    status, body = fetch(device, f"/api/v1/latest?match={glob}")
    return {row["key"]: row for row in json.loads(body)} if status == 200 else {}


def test_the_readmes_lines_lead_to_a_page_that_shows_the_machine(bare):
    with Mirror(bare.leader) as mirror:
        bare.run("sh", "-c", f"echo 'Acquire::http::Proxy \"{mirror.url}\";' > /etc/apt/apt.conf.d/90mirror")
        reached = bare.run("apt-get", "-o", "Acquire::Retries=0", "update", check=False)
        if reached.returncode != 0 or "Err:" in reached.stdout:
            skip(f"Debian's packages cannot be reached: {reached.stdout[-500:]}{reached.stderr[-500:]}")
        bare.run("sh", "-c", "rm -rf /var/lib/apt/lists/*")
        # The README's reader is in the directory that the packages were copied to, and says yes when apt asks.
        bare.run("sh", "-c", "echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90yes")
        began, told = time.monotonic(), ""
        for line in lines():
            told = bare.run("sh", "-c", f"cd /packages && {line.replace('sudo ', '')}", seconds=2 * SECONDS).stdout
        wait_until("the page is served", lambda: fetch(bare, "/")[1].rstrip().endswith("</html>"))
        first = wait_until("the machine's own readings are there", lambda: latest(bare, "cpu.usage"))
        wait_until("they move", lambda: latest(bare, "cpu.usage")["cpu.usage"]["time"] > first["cpu.usage"]["time"])
        took = time.monotonic() - began
    # The last line shows where the page is, and what the first visitor types.
    assert re.search(r"http://\S+:8080", told) and re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", told), told
    print(f"from the first line to a page that shows the machine: {took:.0f} s")
    assert took < SECONDS * SLOWNESS
