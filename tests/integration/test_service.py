"""What a service manager sees: readiness, reload, signs of life that hang when the daemon hangs, a socket that it keeps."""
import array
import signal
import socket

import pytest
from harness import Daemon, SLOWNESS, wait_until

CONFIG = "inputs: []\n"
WRAPPER = """
import os, socket, sys
kept = int(sys.argv[1])
if kept >= 0:
    os.dup2(kept, 3)
    os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class Manager:
    """The part of systemd that a service of Type=notify talks with."""

    def __init__(self, home):
        self.path = str(home / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.kept: int | None = None

    def hear(self, seconds: float) -> dict[str, str]:
        self.socket.settimeout(seconds * SLOWNESS)
        room = array.array("i", [0])
        text, ancillary, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(room.itemsize))
        told = dict(line.split("=", 1) for line in text.decode().split("\n"))
        if told.get("FDSTORE") == "1":
            room.frombytes(ancillary[0][2])
            self.kept = room[-1]
        return told

    def wait_for(self, name: str, seconds: float = 10) -> dict[str, str]:
        while True:
            told = self.hear(seconds)
            if name in told:
                return told


class ServiceDaemon(Daemon):
    kept_socket = -1
    watchdog = 2

    def environment(self):
        return super().environment() | {"NOTIFY_SOCKET": str(self.home / "notify"), "WATCHDOG_USEC": str(self.watchdog * 10**6)}

    def command(self):
        return ["/usr/bin/python3", "-c", WRAPPER, str(self.kept_socket), *super().command()]

    def spawn(self):
        import subprocess

        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(), cwd=self.home,
                pass_fds=[self.kept_socket] if self.kept_socket >= 0 else [],
            )  # fmt: skip
        return self


@pytest.fixture
def device():
    one = ServiceDaemon(CONFIG)
    one.manager = Manager(one.home)
    yield one
    one.clean_up()


def test_ready_is_said_once_the_page_is_served(device):
    device.spawn()
    told = device.manager.wait_for("READY", 20)
    assert device.request("GET", "/healthz").status == 200
    assert f"{device.port}" in told["STATUS"]


def test_a_reload_is_announced_and_says_how_it_went(device):
    device.spawn()
    device.manager.wait_for("READY", 20)
    device.config_path.write_text("inputs: [{id: x}]\n")
    device.process.send_signal(signal.SIGHUP)
    device.manager.wait_for("RELOADING")
    assert "errors" in device.manager.wait_for("READY")["STATUS"]
    device.config_path.write_text(CONFIG)
    device.process.send_signal(signal.SIGHUP)
    device.manager.wait_for("RELOADING")
    assert "errors" not in device.manager.wait_for("READY")["STATUS"]


def test_signs_of_life_end_when_the_daemon_hangs_and_come_again(device):
    device.spawn()
    device.manager.wait_for("READY", 20)
    for _ in range(3):
        device.manager.wait_for("WATCHDOG")
    device.process.send_signal(signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        # One may be on its way; after it there is silence for as long as a manager waits.
        while True:
            device.manager.hear(device.watchdog / SLOWNESS)
    device.process.send_signal(signal.SIGCONT)
    device.manager.wait_for("WATCHDOG")


def test_stopping_is_said(device):
    device.spawn()
    device.manager.wait_for("READY", 20)
    assert device.stop() == 0
    device.manager.wait_for("STOPPING")


def test_who_connects_between_two_runs_is_served_by_the_second(device):
    device.spawn()
    device.manager.wait_for("READY", 20)
    kept = device.manager.kept
    assert kept is not None
    assert device.stop() == 0
    with socket.create_connection(("127.0.0.1", device.port), timeout=20 * SLOWNESS) as visitor:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        device.kept_socket = kept
        device.spawn()
        assert visitor.recv(64).startswith(b"HTTP/1.1 200")
    device.manager.wait_for("READY", 20)


def test_a_kept_socket_of_another_address_is_not_used(device):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        device.kept_socket = other.fileno()
        device.spawn()
        device.manager.wait_for("READY", 20)
        wait_until("the configured address is served", device.is_ready)
