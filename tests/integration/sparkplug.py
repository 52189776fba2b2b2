"""Sparkplug programs written elsewhere, with npm packages: an edge node, and a host application."""
import fcntl
import json
import pathlib
import queue
import shutil
import subprocess
import threading

from harness import BUILD, ROOT, SLOWNESS

SOURCE = ROOT / "tests/integration/edge_node"


def installed() -> pathlib.Path:
    """Where the programs are with their packages, installed once for all builds, below the build directories."""
    home = BUILD.parent / "edge_node"
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests of several builds run at a time
        wanted, present = SOURCE / "package-lock.json", home / "package-lock.json"
        ready = home / "node_modules/.package-lock.json"
        is_current = ready.exists() and present.exists() and present.read_bytes() == wanted.read_bytes()
        for file in SOURCE.iterdir():
            shutil.copy(file, home)
        if not is_current:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=home, check=True, timeout=240)
    return home


class Host:
    """The host application: what it has seen, decoded by sparkplug-payload."""

    def __init__(self, home: pathlib.Path, port: int):
        self.process = subprocess.Popen(
            ["node", home / "host.cjs", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(json.loads(line)) for line in self.process.stdout], daemon=True).start()
        assert self.next()["topic"] == "ready"

    def next(self) -> dict:
        return self.lines.get(timeout=20 * SLOWNESS)

    def wait_for(self, kind: str) -> dict:
        """The next message of that kind (NBIRTH, DDATA, …); others before it are passed over."""
        while (message := self.next())["topic"].split("/")[2] != kind:
            pass
        return message

    def ask_for_birth(self, group: str, node: str) -> None:
        self.process.stdin.write(f"rebirth {group} {node}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
