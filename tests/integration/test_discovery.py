"""How a person finds a device: addresses and QR code of `telltale status`, what a console shows at first, and what Avahi
tells the network. The code is read by zbar, which is somebody else's."""
import json
import pathlib
import re
import socket
import subprocess
import xml.etree.ElementTree

from harness import SLOWNESS

CONFIG = "server: {more}\ninputs: [{{id: sim, plugin: simulator}}]\n"
HOST = socket.gethostname().lower()
LOCAL = HOST if HOST.endswith(".local") else HOST + ".local"


def decode(text: str, where: pathlib.Path) -> str:
    """What zbar sees in lines of half blocks, light on dark."""
    rows = [line for line in text.split("\n") if line and set(line) <= set(" ▀▄█")]
    size, scale = len(rows[0]), 4
    light = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    pixels = [[255 * light[char][half] for char in row for _ in range(scale)] for row in rows for half in (0, 1) for _ in range(scale)]
    lines = pixels[: size * scale]
    where.write_bytes(b"P5 %d %d 255\n" % (size * scale, len(lines)) + b"".join(map(bytes, lines)))
    done = subprocess.run(["zbarimg", "-q", "--raw", str(where)], capture_output=True, text=True, timeout=30 * SLOWNESS)
    return done.stdout.strip()


def test_addresses_and_a_code_that_a_phone_reads(daemon, tmp_path):
    one = daemon(CONFIG.format(more="{}"), address="0.0.0.0").start()
    addresses = json.loads(one.tool("status", "--json").stdout)["addresses"]
    assert addresses[0] == f"http://{LOCAL}:{one.port}/" and len(addresses) == len(set(addresses))
    assert "addresses" not in one.get("/api/v1/status"), "other networks of the device are nobody's business"
    shown = one.tool("status", "--qr").stdout
    assert decode(shown, tmp_path / "code.pgm") == addresses[0]
    for address in addresses:
        assert f"address\t{address}" in shown
    assert "off: who listens on the network can read along" in shown
    assert "▀" not in one.tool("status").stdout, "programs read this"


def test_the_first_console(daemon, tmp_path):
    one = daemon(CONFIG.format(more="{tls: auto, base_path: /press}"), address="0.0.0.0", scheme="https").start()
    shown = one.tool("welcome").stdout
    assert decode(shown, tmp_path / "code.pgm") == f"https://{LOCAL}:{one.port}/press/"
    code = re.search(r"set it up with the code ([0-9A-Z]{4}-[0-9A-Z]{4})", shown)[1]
    body = json.dumps({"code": code, "user": "anna", "password": "correct horse"})
    assert one.request("POST", "/api/v1/setup", body, {"Origin": one.url}).status == 200
    assert one.tool("welcome").stdout == "", "never again"


def services(path: pathlib.Path) -> dict[str, tuple[int, list[str]]]:
    root = xml.etree.ElementTree.parse(path).getroot()
    return {item.find("type").text: (int(item.find("port").text), [text.text for text in item.findall("txt-record")]) for item in root.findall("service")}


def test_what_avahi_is_told(daemon):
    one = daemon(CONFIG.format(more="{tls: auto, base_path: /press}"), address="0.0.0.0", scheme="https").start()
    path = one.home / "telltale.service"
    one.tool("avahi", "--output", str(path))
    told = services(path)
    assert set(told) == {"_https._tcp", "_telltale._tcp"}
    assert told["_telltale._tcp"] == (one.port, ["scheme=https", "path=/press/", "api=/press/api/v1"])
    local = daemon(CONFIG.format(more="{}")).start()
    local.tool("avahi", "--output", str(path))
    assert not path.exists(), "a device that serves itself alone is not announced"
    assert local.tool("avahi").stdout == ""
