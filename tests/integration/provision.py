"""What the tests of provisioning share: keys, signed configurations, an HTTP server that a device fetches from."""
import contextlib
import http.server
import json
import pathlib
import ssl
import subprocess
import threading

import pytest
from harness import SLOWNESS, TELLTALE

DEVICE = "press-7"
BEFORE = "inputs: []\n"


def configuration(word: str) -> str:
    """One that shows a series of that name once it is taken over."""
    return f"inputs:\n  - {{id: {word}, plugin: simulator, options: {{every: 100ms, waves: [{{name: {word}.wave}}]}}}}\n"


class Office:
    """Where configurations are signed."""

    def __init__(self, home: pathlib.Path):
        self.home = home
        home.mkdir(exist_ok=True)
        self.key("fleet")

    def key(self, name: str) -> pathlib.Path:
        self.tool("key", str(self.home / name))
        return self.home / f"{name}.pub"

    def tool(self, *words: str, check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run([TELLTALE, "provision", *words], capture_output=True, timeout=60 * SLOWNESS)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done

    def sign(self, text: str, serial: int, *more: str, names: str = "press-*", key: str = "fleet") -> bytes:
        (self.home / "plain.yaml").write_text(text)
        return self.tool("sign", str(self.home / "plain.yaml"), "--key", str(self.home / f"{key}.key"), "--for", names,
                         "--serial", str(serial), *more).stdout  # fmt: skip


class Server:
    """Serves one document at a path, with an ETag; says what it was asked for."""

    def __init__(self, tls: ssl.SSLContext | None = None, login: str | None = None):
        self.documents: dict[str, bytes] = {}
        self.asked: list[tuple[str, int, str | None]] = []  # path, status, Authorization
        self.etags = True
        self.endless = False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                outer.answer(self)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def answer(self, request) -> None:
        body = self.documents.get(request.path)
        etag = None if body is None else f'"{hash(body):x}"'
        status = 404 if body is None else 304 if self.etags and request.headers.get("If-None-Match") == etag else 200
        self.asked.append((request.path, status, request.headers.get("Authorization")))
        request.send_response(status)
        if etag and self.etags:
            request.send_header("ETag", etag)
        if not self.endless:
            request.send_header("Content-Length", str(len(body or b"") if status == 200 else 0))
        request.end_headers()
        with contextlib.suppress(OSError):
            if status == 200:
                request.wfile.write(body)
            while self.endless:
                request.wfile.write(b"#" * 65536)

    def stop(self) -> None:
        self.endless = False
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def provision_yaml(one, office: Office, place: str, *more: str, keys=("fleet",)) -> pathlib.Path:
    path = one.home / "provision.yaml"
    files = ", ".join(str(office.home / f"{key}.pub") for key in keys)
    path.write_text("\n".join([f"from: {place}", f"key: [{files}]", f"device: {DEVICE}", *more]) + "\n")
    return path


def fetch(one, *more: str, prefix=()) -> subprocess.CompletedProcess:
    """A round on the device of this daemon, whether it runs or not."""
    command = [*prefix, str(TELLTALE), "--run", str(one.run_dir), "provision", "fetch", "--config", str(one.home / "provision.yaml"),
               "--state", str(one.state_dir), *more]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=90 * SLOWNESS, env=one.environment())


def status(one) -> dict:
    command = [str(TELLTALE), "--run", str(one.run_dir), "provision", "status", "--json", "--config", str(one.home / "provision.yaml"),
               "--state", str(one.state_dir)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOWNESS, env=one.environment())
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "office")


@pytest.fixture
def server():
    one = Server()
    yield one
    one.stop()


@pytest.fixture
def device(daemon, office, server):
    """A daemon that runs, and is to fetch from the server."""
    one = daemon(BEFORE).start()
    provision_yaml(one, office, server.url + "/telltale/{device}.yaml")
    return one
