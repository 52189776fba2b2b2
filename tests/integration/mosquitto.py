"""A real mosquitto on a free port, and its own clients."""
import pathlib
import shutil
import socket
import subprocess
import tempfile

from harness import free_port, wait_until

SERVER = shutil.which("mosquitto") or "/usr/sbin/mosquitto"  # sbin is not in every user's PATH


class Broker:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-broker-"))
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None
        (self.home / "mosquitto.conf").write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")

    def start(self) -> None:
        with (self.home / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([SERVER, "-c", str(self.home / "mosquitto.conf")], stdout=log, stderr=log)
        wait_until("mosquitto listens", self.listens)

    def listens(self) -> bool:
        assert self.process.poll() is None, (self.home / "mosquitto.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def publish(self, topic: str, payload: str, *options: str) -> None:
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-m", payload, *options]
        subprocess.run(command, check=True, timeout=10)

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
