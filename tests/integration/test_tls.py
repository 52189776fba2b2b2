"""The server under TLS, as clients written elsewhere meet it: curl, openssl, Python's ssl and websockets."""
import asyncio
import datetime
import json
import pathlib
import re
import socket
import ssl
import stat
import subprocess

import pytest
import websockets
from harness import SLOWNESS, TELLTALE, free_port, wait_until
from mosquitto import Authority

OWN = "server: {tls: auto}\ninputs: [{id: sim, plugin: simulator}]\n"
FILES = "server: {tls: {cert: site.crt, key: site.key}}\ninputs: [{id: sim, plugin: simulator}]\n"


@pytest.fixture
def own(daemon):
    return daemon(OWN, scheme="https").start()


def put(one, authority: Authority, name: str) -> bytes:
    """A certificate for `name` as the daemon's files; its DER form."""
    cert, key = authority.sign(name, f"DNS:{name},IP:127.0.0.1")
    for path, target in ((key, "site.key"), (cert, "site.crt")):
        fresh = one.home / (target + ".new")
        fresh.write_bytes(pathlib.Path(path).read_bytes())
        fresh.rename(one.home / target)
    return ssl.PEM_cert_to_DER_cert(pathlib.Path(cert).read_text())


@pytest.fixture
def signed(daemon):
    one = daemon(FILES, scheme="https")
    one.authority = Authority(one.home)
    one.shown = put(one, one.authority, "press-7.example")
    return one.start()


def shown(one) -> bytes:
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", one.port)))


def s_client(one, *options: str, given: str = "") -> str:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{one.port}", *options]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=20 * SLOWNESS)
    return done.stdout + done.stderr


def curl(*options: str) -> tuple[int, str]:
    done = subprocess.run(["curl", "-s", "-m", "15", "-w", "\n%{http_code}", *options], capture_output=True, text=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


def plain(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10 * SLOWNESS) as peer:
        peer.sendall(request)
        answer = b""
        try:
            while piece := peer.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass  # closed with something unread
        return answer


def test_the_devices_own_certificate(own):
    text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-text"], input=shown(own), capture_output=True).stdout.decode()
    host = socket.gethostname().lower()
    for name in (f"DNS:{host}", "DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1"):
        assert name in text, text
    assert host.endswith(".local") or f"DNS:{host}.local" in text
    for word in ("CA:FALSE", "Digital Signature", "TLS Web Server Authentication", "NIST CURVE: P-256", "ecdsa-with-SHA256"):
        assert word in text, text
    begin = datetime.datetime.strptime(re.search(r"Not Before: (.*) GMT", text)[1], "%b %d %H:%M:%S %Y")
    assert begin < datetime.datetime.utcnow() - datetime.timedelta(hours=1)
    assert stat.S_IMODE((own.state_dir / "tls.pem").stat().st_mode) == 0o600
    before = shown(own)
    own.stop()
    own.start()
    assert shown(own) == before, "it outlives a restart"
    # Whoever trusts it can verify it by any of its names.
    (own.home / "device.crt").write_text(ssl.DER_cert_to_PEM_cert(before))
    context = ssl.create_default_context(cafile=own.home / "device.crt")
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for name in ("localhost", "127.0.0.1", host):
        with socket.create_connection(("127.0.0.1", own.port)) as raw, context.wrap_socket(raw, server_hostname=name) as peer:
            assert peer.version() == "TLSv1.3"


def test_protocols(own):
    for old in ("-tls1", "-tls1_1"):
        answer = s_client(own, old, "-cipher", "ALL:@SECLEVEL=0")
        assert "Cipher is (NONE)" in answer and "alert protocol version" in answer, answer
    assert "Cipher is ECDHE-ECDSA-" in s_client(own, "-tls1_2")
    for weak in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "NULL-SHA", "ECDHE-ECDSA-AES256-SHA384"):
        assert "Cipher is (NONE)" in s_client(own, "-tls1_2", "-cipher", f"{weak}:@SECLEVEL=0"), weak
    assert "ALPN protocol: http/1.1" in s_client(own, "-alpn", "h2,http/1.1")
    assert "alert no application protocol" in s_client(own, "-alpn", "ftp")
    assert "Compression: NONE" in s_client(own, "-tls1_2", "-comp")
    assert "Secure Renegotiation IS supported" in s_client(own, "-tls1_2"), "RFC 5746, without renegotiation itself"


def test_renegotiation_is_refused(own):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{own.port}", "-tls1_2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as peer:
        for line in peer.stdout:
            if "Verify return code" in line:
                break
        output, _ = peer.communicate("R\n", timeout=20 * SLOWNESS)
    assert "RENEGOTIATING" in output and "no renegotiation" in output, output


def test_a_session_goes_on_by_its_ticket(own):
    context = ssl._create_unverified_context()
    session = None
    for goes_on in (False, True):
        with socket.create_connection(("127.0.0.1", own.port)) as raw, context.wrap_socket(raw, session=session) as peer:
            assert peer.session_reused == goes_on
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while peer.recv(65536):
                pass
            session = peer.session


def test_a_ticket_allows_no_early_data(own):
    request = "GET /healthz HTTP/1.1\nHost: localhost\nConnection: close\n\n"
    said = s_client(own, "-tls1_3", "-ign_eof", "-crlf", given=request)
    assert "200 OK" in said and "Max Early Data: 0" in said, said


def test_everything_goes_over_it(own):
    status, body = curl("-k", f"{own.url}/api/v1/status")
    assert status == 200 and json.loads(body)["tls"]["mode"] == "auto"
    assert curl("-k", "-d", "a value=1", f"{own.url}/api/v1/write")[0] == 204
    large = "".join(f"load{i % 50} value={i} {1_700_000_000_000_000_000 + i}\n" for i in range(60_000))
    assert own.request("POST", "/write", large).status == 204
    assert curl("-k", f"{own.url}/")[0] == 200
    # Long answers, in pieces and whole; several requests on one connection.
    wait_until("the readings are there", lambda: len(own.request("GET", "/api/v1/query?series=load*&stat=raw&from=0&format=csv").body) > 1_000_000)
    assert curl("-k", f"{own.url}/healthz", f"{own.url}/healthz", f"{own.url}/healthz")[0] == 200
    assert own.tool("status", "--json").stdout.startswith("{"), "the tool goes on over its socket"
    addresses = json.loads(own.tool("status", "--json").stdout)["addresses"]
    assert addresses == [f"https://127.0.0.1:{own.port}/"]
    events = subprocess.Popen(["curl", "-skN", f"{own.url}/api/v1/events?series=*&rate=20"], stdout=subprocess.PIPE, text=True)
    try:
        assert any(line.startswith("data:") and '"op":"data"' in line for line in events.stdout)
    finally:
        events.kill()
        events.wait()
        events.stdout.close()


async def frames(url: str, count: int, **options) -> list[dict]:
    context = ssl._create_unverified_context()
    async with websockets.connect(url, subprotocols=["telltale.json.v1"], ssl=context, **options) as peer:
        await peer.send(json.dumps({"op": "subscribe", "id": "a", "series": ["*"], "rate": 60}))
        return [json.loads(await asyncio.wait_for(peer.recv(), 15 * SLOWNESS)) for _ in range(count)]


def test_websockets(own):
    url = f"wss://127.0.0.1:{own.port}/api/v1/live"
    got = asyncio.run(frames(url, 10))
    assert got[0]["op"] == "hello" and any(frame["op"] == "data" for frame in got)
    wait_until("the server has seen them leave", lambda: own.get("/api/v1/status")["server"]["viewers"] == 0)
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        asyncio.run(frames(url, 1, origin=f"http://127.0.0.1:{own.port}"))
    assert refused.value.status_code == 403, "a page that came without TLS may be anybody's"
    assert asyncio.run(frames(url, 1, origin=f"https://127.0.0.1:{own.port}"))


def test_plain_http_is_sent_on(own):
    answer = plain(own.port, f"GET /d/x%20y?a=1 HTTP/1.1\r\nHost: LocalHost:{own.port}\r\n\r\n".encode()).decode()
    assert answer.startswith("HTTP/1.1 308 ") and f"Location: https://LocalHost:{own.port}/d/x%20y?a=1\r\n" in answer
    assert "Strict-Transport-Security" not in answer and "Cache-Control: no-store" in answer
    assert curl("-kL", f"http://127.0.0.1:{own.port}/healthz")[0] == 200
    for head, status in (
        ("POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 403),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        ("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: dGVsbHRhbGV0ZWxsdGFsZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", 403),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 308),
    ):
        answer = plain(own.port, head.encode()).decode()
        assert answer.startswith(f"HTTP/1.1 {status} "), (head, answer)
        assert "Location: https://evil" not in answer
    assert plain(own.port, b"\x80\x2e\x01\x00\x02") == b"", "SSL 2"
    assert own.get("/api/v1/status")["health"] == "ok"


def test_a_second_address_sends_on(daemon):
    port = free_port()
    one = daemon(OWN.replace("tls: auto", f"tls: auto, redirect: '127.0.0.1:{port}'"), scheme="https").start()
    answer = plain(port, b"GET /explore HTTP/1.1\r\nHost: localhost\r\n\r\n").decode()
    assert f"Location: https://localhost:{one.port}/explore\r\n" in answer
    assert curl("-kL", f"http://127.0.0.1:{port}/healthz")[0] == 200


def test_cookies_are_for_tls_alone(own):
    code = re.search(r"setup code\s+([0-9A-Z]{4}-[0-9A-Z]{4})", own.tool("status").stdout)[1]
    body = json.dumps({"code": code, "user": "anna", "password": "correct horse"})
    answer = own.request("POST", "/api/v1/setup", body, {"Origin": own.url})
    assert answer.status == 200 and "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] is None, "nobody could go past a certificate that has changed"
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    forged = {"Cookie": cookie, "Origin": own.url.replace("https", "http")}
    assert own.request("POST", "/api/v1/logout", "", forged).status == 403
    assert own.request("GET", "/api/v1/users", headers={"Cookie": cookie}).status == 200


def test_the_users_certificate(signed):
    ca = str(signed.authority.ca)
    status, _ = curl("--cacert", ca, "--resolve", f"press-7.example:{signed.port}:127.0.0.1", f"https://press-7.example:{signed.port}/healthz")
    assert status == 421, "the certificate verifies; the name is not one of server.names"
    assert curl("--cacert", ca, f"{signed.url}/healthz")[0] == 200
    assert signed.request("GET", "/healthz").headers["Strict-Transport-Security"] == "max-age=15768000"
    assert shown(signed) == signed.shown
    tls = signed.get("/api/v1/status")["tls"]
    assert tls["mode"] == "files" and tls["own"] is False and tls["error"] == "" and "press-7.example" in tls["names"]


def test_files_are_read_again_while_connections_go_on(signed):
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", signed.port)) as raw, context.wrap_socket(raw) as old:
        next_one = put(signed, signed.authority, "press-8.example")
        signed.process.send_signal(1)  # SIGHUP
        wait_until("the new certificate is shown", lambda: shown(signed) == next_one)
        old.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert old.recv(100).startswith(b"HTTP/1.1 200"), "who was there goes on"
    (signed.home / "site.key").write_text("nonsense")
    signed.process.send_signal(1)
    wait_until("it says so", lambda: "no private key" in signed.get("/api/v1/status")["tls"]["error"])
    assert shown(signed) == next_one
    assert "the new certificate is not taken" in signed.log()
    third = put(signed, signed.authority, "press-9.example")
    signed.process.send_signal(1)
    wait_until("the mended pair is shown", lambda: shown(signed) == third)
    assert signed.get("/api/v1/status")["tls"]["error"] == ""


def from_afar(one, *options: str) -> subprocess.CompletedProcess:
    """The tool as on another machine."""
    command = [str(TELLTALE), "--url", one.url, *options, "status"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOWNESS)


def test_the_tool_knows_whom_it_speaks_with(own):
    fingerprint = own.get("/api/v1/status")["tls"]["fingerprint"]
    assert from_afar(own, "--fingerprint", fingerprint).returncode == 0
    assert from_afar(own, "--fingerprint", fingerprint.replace(":", "").lower()).returncode == 0
    other = ("0" if fingerprint[0] != "0" else "1") + fingerprint[1:]
    for options, code, says in (
        (["--fingerprint", other], 77, fingerprint),
        ([], 77, "--fingerprint"),
        (["--fingerprint", "AB:CD"], 2, "SHA-256"),
        (["--cacert", "/nowhere"], 2, "/nowhere"),
    ):
        done = from_afar(own, *options)
        assert done.returncode == code and says in done.stderr and done.stdout == "", (options, done)
    (own.home / "device.crt").write_text(ssl.DER_cert_to_PEM_cert(shown(own)))
    assert from_afar(own, "--cacert", str(own.home / "device.crt")).returncode == 0


def test_a_missing_certificate_does_not_end_the_collecting(daemon):
    one = daemon(FILES, scheme="https").start()
    tls = one.get("/api/v1/status")["tls"]
    assert tls["own"] is True and "site.crt" in tls["error"]
    assert "Strict-Transport-Security" not in one.request("GET", "/healthz").headers
    assert one.wait_for_series("*")
