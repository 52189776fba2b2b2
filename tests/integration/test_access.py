"""`view: login` and `write: loopback`, seen from an address that is not loopback: in a network of its own."""
import shutil
import subprocess

import pytest

ADDRESS = "192.0.2.1"  # for documentation (RFC 5737); exists only in the test's namespace
CONFIG = "server: {{view: {view}}}\ninputs: [{{id: sim, plugin: simulator}}]\n"
INSIDE = f'ip link set lo up && ip address add {ADDRESS}/32 dev lo && exec "$0" "$@"'


@pytest.fixture
def namespaced(daemon):
    """A daemon in a network namespace, and a curl that runs in the same one."""
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not make a network namespace")
    assert shutil.which("nsenter") and shutil.which("ip")

    def make(view: str):
        one = daemon(CONFIG.format(view=view), prefix=["unshare", "--net", "sh", "-c", INSIDE], address="0.0.0.0")
        one.is_ready = lambda: one.process.poll() is None and curl(one, "127.0.0.1", "/healthz")[0] == 200
        return one.start()

    return make


def curl(one, address: str, path: str, *options: str) -> tuple[int, str]:
    """(status, body); status 0: no connection. From an address to itself: the peer's address is that one."""
    command = ["nsenter", f"--net=/proc/{one.process.pid}/ns/net", "curl", "-s", "-m", "10", "-w", "\n%{http_code}"]
    done = subprocess.run([*command, *options, f"http://{address}:{one.port}{path}"], capture_output=True, text=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


READING = ["/api/v1/series", "/api/v1/latest?match=*", "/api/v1/query?series=*", "/api/v1/status", "/api/v1/inputs", "/metrics"]


def test_view_login_refuses_strangers_and_serves_loopback(namespaced):
    one = namespaced("login")
    for path in READING:
        status, body = curl(one, ADDRESS, path)
        assert status in (401, 403), f"{path} answered {status}: {body}"
        assert "detail" in body
        assert curl(one, "127.0.0.1", path)[0] == 200, path
    for path in ("/api/v1/events?series=*", "/api/v1/live"):
        assert curl(one, ADDRESS, path)[0] in (401, 403), path


def test_view_public_serves_everybody_but_takes_no_writes(namespaced):
    one = namespaced("public")
    for path in READING:
        assert curl(one, ADDRESS, path)[0] == 200, path
    assert curl(one, ADDRESS, "/api/v1/write", "-d", "a value=1")[0] in (401, 403)
    assert curl(one, "127.0.0.1", "/api/v1/write", "-d", "a value=1")[0] == 204
    assert curl(one, ADDRESS, "/api/v1/latest?match=a")[1] != "[]"
