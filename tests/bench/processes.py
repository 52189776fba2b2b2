"""What the kernel says of processes, and daemons and helpers that a section starts."""
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import harness
from harness import BUILD, Daemon, wait_until

PLUGINS = BUILD / "tests/bench/plugins"


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its threads, ended ones included, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3), CPUCLOCK_SCHED


def pss_bytes(pid: int) -> int:
    """Memory of a process with its share of what it shares (proc(5), smaps_rollup)."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"the kernel does not say the Pss of {pid}")


class BenchDaemon(Daemon):
    """A daemon that finds the plugins of the benchmarks too. A context manager."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TELLTALE_PLUGIN_PATH": str(PLUGINS)}

    def __enter__(self) -> "BenchDaemon":
        try:
            return self.start()
        except BaseException:
            self.clean_up()
            raise

    def __exit__(self, *_) -> None:
        self.clean_up()

    def pids(self) -> list[int]:
        return [self.process.pid, *self.plugin_pids()]

    def daemon_cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def cpu(self) -> float:
        return sum(map(cpu_seconds, self.pids()))

    def pss(self) -> int:
        return sum(map(pss_bytes, self.pids()))

    def readings(self) -> int:
        return self.get("/api/v1/status")["pipeline"]["readings"]

    def wait_for_plugins(self, count: int) -> None:
        def running() -> bool:
            inputs = self.get("/api/v1/inputs")
            return len(inputs) == count and all(one["state"] == "running" for one in inputs)

        wait_until(f"{count} inputs run", running, 20)


class Counter:
    """A bare peer that counts what it gets, and says how much when a line is written to it."""

    def __init__(self, process):
        self.process = process

    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def readings(self) -> int:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def wait_for_rest(cpu, seconds: float = 10, quiet: float = 0.2) -> None:
    """Until `cpu()` hardly grows: what was under way is done. Looking costs the watched processes nothing."""
    deadline = time.monotonic() + seconds
    before = cpu()
    while time.monotonic() < deadline:
        time.sleep(quiet)
        now = cpu()
        if now - before < 0.02 * quiet:
            return
        before = now


def program(name: str, *arguments) -> list[str]:
    return [str(BUILD / "bin" / name), *map(str, arguments)]


def run_json(name: str, *arguments, seconds: float = 120):
    """Runs one of our programs to its end; the JSON of its last line."""
    done = subprocess.run(program(name, *arguments), capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, f"{name} ended with {done.returncode}: {done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def helper(name: str, *arguments, say: str = "ready"):
    """One of our programs that runs beside, from the line `say` on, until the block ends."""
    process = subprocess.Popen(program(name, *arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().strip() == say, f"{name} did not start"
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@contextlib.contextmanager
def scratch():
    """A directory on disk, gone at the end."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-bench-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def slowness() -> float:
    return harness.SLOWNESS
