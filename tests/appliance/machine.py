"""A system of its own, booted with systemd in systemd-nspawn: no network but its loopback, nothing of it outlives it."""
import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

SLOWNESS = float(os.environ.get("TELLTALE_SLOWNESS", "1"))
# Where cgroups are mounted when nobody has done it: the hierarchy that systemd wants alone, of version 2.
CGROUPS = pathlib.Path("/sys/fs/cgroup")


def wait_until(what: str, condition, seconds: float = 30):
    """The first true answer of condition(); fails with `what` when there is none in time."""
    deadline = time.monotonic() + seconds * SLOWNESS
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {seconds * SLOWNESS:g} s: {what}"
        time.sleep(0.05)
    return answer


class Machine:
    def __init__(self, root: pathlib.Path, packages: list[pathlib.Path], binds: list[str] = ()):
        """`binds`: what systemd-nspawn's --bind takes."""
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-appliance-"))
        self.console = self.home / "console.log"
        self.mounted_cgroups = False
        self.groups: list[pathlib.Path] = []
        self.leader = 0
        self.process: subprocess.Popen | None = None
        self.root, self.packages, self.binds = root, packages, list(binds)

    def boot(self) -> "Machine":
        if not (CGROUPS / "cgroup.controllers").exists() and not any(CGROUPS.glob("*/")):
            subprocess.run(["mount", "-t", "cgroup2", "none", CGROUPS], check=True)
            self.mounted_cgroups = True
        # A group of its own in each hierarchy, so that all that the system makes below it goes with it.
        bases = [base for base in (CGROUPS, CGROUPS / "unified", CGROUPS / "systemd") if (base / "cgroup.procs").exists()]
        self.groups = [base / self.home.name for base in bases]
        for group in self.groups:
            group.mkdir()
        binds = [f"--bind-ro={path}:/packages/{path.name}" for path in self.packages]
        binds += [f"--bind={bind}" for bind in self.binds]
        command = [
            "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--volatile=overlay", "--private-network",
            "--link-journal=no", "--resolv-conf=off", "--timezone=off", "--console=pipe", f"--machine=device{os.getpid()}",
            f"--directory={self.root}", *binds,
        ]  # fmt: skip
        with self.console.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.join_groups)
        self.leader = wait_until("the system's first process is there", self.find_leader)
        wait_until("the system is up", self.is_up, 60)
        return self

    def join_groups(self) -> None:
        for group in self.groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def find_leader(self) -> int:
        assert self.process.poll() is None, f"systemd-nspawn ended:\n{self.console.read_text(errors='replace')}"
        task = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in task.read_text().split():
            # Its stub is there before the system: that has a process 1 of its own.
            with contextlib.suppress(OSError):
                if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                    return int(pid)
        return 0

    def is_up(self) -> bool:
        done = self.run("systemctl", "is-system-running", check=False)
        return done.stdout.strip() in ("running", "degraded")

    def run(self, *command: str, check: bool = True, seconds: float = 120) -> subprocess.CompletedProcess:
        """A program of the system, in it, as its root."""
        entered = ["nsenter", "--all", f"--target={self.leader}", "--", "/usr/bin/env", "-i", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        entered += ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *command]
        done = subprocess.run(entered, capture_output=True, text=True, timeout=seconds * SLOWNESS, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done

    def show(self, name: str, unit: str = "telltaled.service") -> str:
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def journal(self, unit: str = "telltaled.service") -> str:
        return self.run("journalctl", "-u", unit, "--no-pager", "-o", "cat").stdout

    def spawn_beside(self, *command: str) -> subprocess.Popen:
        """A program of this machine on the system's network."""
        entered = ["nsenter", "--net", f"--target={self.leader}", "--", *command]
        return subprocess.Popen(entered, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            # An orderly shutdown; killed, it would leave its mounts and cgroups behind.
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60 * SLOWNESS)
        for group in self.groups:
            for directory, _, _ in os.walk(group, topdown=False):
                os.rmdir(directory)
        if self.mounted_cgroups:
            subprocess.run(["umount", CGROUPS], check=False)
        subprocess.run(["rm", "-rf", self.home], check=True)
