"""Debian's netdata and collectd, each in a root of its own that mmdebstrap makes once and keeps in build/peers: nothing of
them touches this machine, and with the process that they are started by, all of theirs ends. Needs root."""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

from processes import cpu_seconds, pss_bytes
from report import progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / "build/peers"
STATSD_PORT = 8125  # both listen there, each in its own network
METRICS = 100
# What Debian's default configuration is, and a door for numbers of others: for collectd its own statsd.
COLLECTD = """
Hostname "device"
FQDNLookup false
Interval {interval}
{defaults}
LoadPlugin statsd
LoadPlugin unixsock
<Plugin statsd>
  Host "127.0.0.1"
  Port "{port}"
</Plugin>
<Plugin unixsock>
  SocketFile "/run/collectd.sock"
</Plugin>
"""


def wakeups(pid: int) -> int:
    """How often its threads were put on a processor."""
    count = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        with contextlib.suppress(OSError):
            count += sum(map(int, re.findall(r"ctxt_switches:\s+(\d+)", status.read_text())))
    return count


def descendants(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        for children in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                more = [int(word) for word in children.read_text().split()]
                found += more
                waiting += more
    return found


def spent(pids: list[int]) -> tuple[float, int]:
    cpu, woken = 0.0, 0
    for pid in pids:
        with contextlib.suppress(OSError):
            cpu += cpu_seconds(pid)
            woken += wakeups(pid)
    return cpu, woken


def at_work(pids_now, seconds: float) -> dict[str, float]:
    """CPU in percent of a core and wakeups a second meanwhile, and the memory after it."""
    before, start = spent(pids_now()), time.monotonic()
    time.sleep(seconds)
    pids = pids_now()
    after, took = spent(pids), time.monotonic() - start
    memory = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            memory += pss_bytes(pid)
    return {"cpu": 100 * (after[0] - before[0]) / took, "wakeups": (after[1] - before[1]) / took, "pss": memory / 1e6}


def apt(root: pathlib.Path, *words: str) -> str:
    command = ["chroot", str(root), "apt-get", "-qq", "-y", "--no-install-recommends", *words]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def du(root: pathlib.Path) -> int:
    return int(subprocess.run(["du", "-sxB1", "--exclude=./var/cache", "--exclude=./var/lib/apt", "."], cwd=root, capture_output=True, text=True, check=True).stdout.split()[0])


def carried(root: pathlib.Path, packages: list[str]) -> int:
    """Bytes of the packages that apt would bring, other packages that they need included."""
    uris = apt(root, "--print-uris", "install", *packages)
    local = sum((root / name.lstrip("/")).stat().st_size for name in packages if name.startswith("/"))
    return local + sum(int(size) for size in re.findall(r"^'\w+://\S+ \S+ (\d+)", uris, re.MULTILINE))


def installed(name: str, packages: list[pathlib.Path] | list[str]) -> tuple[pathlib.Path, int, int]:
    """A minimal Debian with them: its directory, bytes that were brought, bytes more on the disk."""
    root, note = CACHE / name, CACHE / f"{name}.sizes"
    if root.exists() and note.exists():
        brought, more = map(int, note.read_text().split())
        return root, brought, more
    assert os.geteuid() == 0 and shutil.which("mmdebstrap"), "peers need root, and mmdebstrap: ./dev deps appliance"
    progress(f"footprint: a root for {name}")
    shutil.rmtree(root, ignore_errors=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--skip=cleanup/apt/lists", "bookworm", str(root)]
    subprocess.run(command, check=True, capture_output=True)
    # Nothing is started while it is installed.
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    names = []
    for package in packages:
        if isinstance(package, pathlib.Path):
            shutil.copy(package, root / package.name)
            names.append(f"/{package.name}")
        else:
            names.append(package)
    before, brought = du(root), carried(root, names)
    apt(root, "install", *names)
    more = du(root) - before
    note.write_text(f"{brought} {more}")
    return root, brought, more


SENDER = """
import socket, sys, time
port, metrics, rate = map(int, sys.argv[1:])
line, number, due = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0, time.monotonic()
while True:
    for first in range(0, metrics, 20):
        line.sendto(b"".join(b"bench.m%d:%d|g\n" % (one, number % 1000) for one in range(first, first + 20)), ("127.0.0.1", port))
    number, due = number + 1, due + metrics / rate
    time.sleep(max(0, due - time.monotonic()))
"""


@contextlib.contextmanager
def statsd(pid: int, rate: int):
    """Gauges at a steady rate, in the network of a process, until the block ends."""
    command = ["nsenter", "--net", f"--target={pid}", "--", "/usr/bin/python3", "-c", SENDER, *map(str, (STATSD_PORT, METRICS, rate))]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


class Stack:
    """One of them, running. A context manager."""

    def __init__(self, name: str, root: pathlib.Path, command: list[str], ready):
        self.name, self.root, self.command, self.ready = name, root, command, ready
        self.started = 0.0

    def __enter__(self) -> "Stack":
        inside = "mount --rbind /sys sys; mount --rbind /dev dev; ip link set lo up; exec chroot . \"$@\""
        words = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=SIGKILL", f"--mount-proc={self.root}/proc", "sh", "-c", inside, "sh"]
        start = time.monotonic()
        self.process = subprocess.Popen([*words, *self.command], cwd=self.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not self.ready(self):
                assert self.process.poll() is None, f"{self.name} ended"
                assert time.monotonic() - start < 60, f"{self.name} does not answer"
                time.sleep(0.002)
        except BaseException:
            self.__exit__()
            raise
        self.started = (time.monotonic() - start) * 1e3
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()

    def pids(self) -> list[int]:
        return descendants(self.process.pid)

    def connects(self, port: int) -> bool:
        """Whether somebody listens in its network, from the kernel's list."""
        for pid in self.pids()[:1]:
            with contextlib.suppress(OSError):
                rows = pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
                return any(row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A" for row in rows)
        return False


def answers_unix(path: pathlib.Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
            line.sendall(b"LISTVAL\n")
            return bool(line.recv(1))
        except OSError:
            return False


def netdata(root: pathlib.Path) -> Stack:
    return Stack("netdata", root, ["/usr/sbin/netdata", "-D"], lambda one: one.connects(19_999))


def collectd(root: pathlib.Path) -> Stack:
    """With Debian's plugins, but every second instead of every ten: as often as the others read."""
    given = (root / "etc/collectd/collectd.conf").read_text()
    defaults = "\n".join(re.findall(r"^LoadPlugin (?!syslog|logfile|rrdtool).*$", given, re.MULTILINE))
    rrd = '\nLoadPlugin rrdtool\n<Plugin rrdtool>\n  DataDir "/var/lib/collectd/rrd"\n</Plugin>\n'
    (root / "etc/collectd/bench.conf").write_text(COLLECTD.format(interval=1, defaults=defaults + rrd, port=STATSD_PORT))
    (root / "run/collectd.sock").unlink(missing_ok=True)
    return Stack("collectd", root, ["/usr/sbin/collectd", "-f", "-C", "/etc/collectd/bench.conf"], lambda one: answers_unix(root / "run/collectd.sock"))
