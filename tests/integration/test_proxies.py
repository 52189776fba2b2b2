"""Behind Caddy and nginx, under a sub-path, by the configurations that the package brings: page, API, login, WebSocket
and event stream; who it was that asked; and what strangers write into the fields that only a proxy should fill."""
import asyncio
import json
import re
import subprocess

import pytest
import websockets
from harness import SLOWNESS
from proxies import NAME, Proxy, example

ANNA = {"user": "anna", "password": "correct horse"}


@pytest.fixture(params=["caddy", "nginx", "caddy stripped", "nginx stripped"])
def proxied(request, daemon):
    kind, _, stripped = request.param.partition(" ")
    config = example("proxied.yaml").replace("{id: host, plugin: linux}", "{id: sim, plugin: simulator}")
    one = daemon(config).start()
    proxy = Proxy(kind, one, stripped == "stripped")
    yield one, proxy
    proxy.clean_up()


def post(proxy: Proxy, path: str, body: dict, *options: str):
    return proxy.curl(path, "-H", f"Origin: {proxy.origin}", "-d", json.dumps(body), *options)


def set_up(one, proxy: Proxy) -> str:
    """The cookie of the first admin, made through the proxy."""
    assert "set it up with the code" in one.log(), "loopback alone, but a proxy leads here"
    code = re.search(r"setup code\s+([0-9A-Z]{4}-[0-9A-Z]{4})", one.tool("status").stdout)[1]
    status, body, head = post(proxy, "/api/v1/setup", {"code": code} | ANNA)
    assert status == 200, body
    cookie = re.search(r"(?i)^set-cookie: (.*?)\r?$", head, re.M)[1]
    assert "; Secure" in cookie and "; Path=/telltale/;" in cookie
    return cookie.split(";")[0]


async def first_frames(proxy: Proxy, cookie: str, origin: str) -> list[dict]:
    async with websockets.connect(
        f"wss://{NAME}:{proxy.port}/telltale/api/v1/live", host="127.0.0.1", port=proxy.port, ssl=proxy.context,
        server_hostname=NAME, subprotocols=["telltale.json.v1"], origin=origin, extra_headers={"Cookie": cookie},
    ) as peer:  # fmt: skip
        await peer.send(json.dumps({"op": "subscribe", "id": "a", "series": ["*"], "rate": 20}))
        return [json.loads(await asyncio.wait_for(peer.recv(), 15 * SLOWNESS)) for _ in range(4)]


def test_everything_goes_through(proxied):
    one, proxy = proxied
    status, page, _ = proxy.curl("/")
    assert status == 200
    script = re.search(r'src="(/telltale/assets/app-[^"]+\.js)"', page)[1]
    assert proxy.curl(script.removeprefix("/telltale"))[0] == 200
    assert proxy.curl("/d/some")[1] == page, "a view deep in the page finds its script as well"
    assert proxy.curl("/api/v1/status")[0] == 401, "who comes through a proxy is never local"
    assert proxy.curl("/api/v1/write", "-d", "a value=1")[0] == 401
    cookie = set_up(one, proxy)
    assert proxy.curl("/api/v1/status", "-H", f"Cookie: {cookie}")[0] == 200
    frames = asyncio.run(first_frames(proxy, cookie, proxy.origin))
    assert [frames[0]["op"], "data" in [frame["op"] for frame in frames]] == ["hello", True]
    with pytest.raises(websockets.InvalidStatusCode):
        asyncio.run(first_frames(proxy, cookie, "https://evil.example"))
    options = ["-N", "-H", f"Cookie: {cookie}", "--resolve", f"{NAME}:{proxy.port}:127.0.0.1"]
    with subprocess.Popen(["curl", "-sk", *options, f"{proxy.url}/api/v1/events?series=*&rate=20"], stdout=subprocess.PIPE, text=True) as stream:
        assert any('"op":"data"' in line for line in stream.stdout)
        stream.kill()
    # Straight to it, without the proxy, as a script on the device does.
    assert one.get("/api/v1/latest", match="*") and one.get("/telltale/api/v1/latest", match="*")


def test_who_asked(proxied):
    one, proxy = proxied
    forged = ["-H", "X-Forwarded-For: 203.0.113.9", "-H", "Forwarded: for=203.0.113.8;proto=http;host=evil.example", "-H", "X-Real-IP: 203.0.113.7"]
    cookie = set_up(one, proxy)
    answers = [post(proxy, "/api/v1/login", {"user": f"user{i}", "password": "wrong horse"}, *forged)[0] for i in range(6)]
    assert answers == [401] * 5 + [429], "by the client's address: it is another name each time"
    assert "login of 'user0' from 127.0.0.2: refused" in one.log()
    assert "203.0.113" not in one.log()
    assert proxy.curl("/api/v1/status", "-H", f"Cookie: {cookie}", *forged)[0] == 200
    assert proxy.curl("/api/v1/status", "-H", "X-Forwarded-For: 127.0.0.1")[0] == 401


def test_a_name_that_is_not_the_devices(proxied):
    _, proxy = proxied
    status, body, _ = proxy.curl("/api/v1/session", "-H", "Host: evil.example")
    assert status == 421 or body == "", "Caddy has no site of that name and answers by itself, with nothing"
    status, body, _ = proxy.curl("/api/v1/session", "-H", "X-Forwarded-Host: evil.example")
    assert status == 200, body
