"""A real mosquitto on free ports, plain, with TLS and over WebSockets, and its own clients."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from harness import free_port, wait_until

SERVER = shutil.which("mosquitto") or "/usr/sbin/mosquitto"  # sbin is not in every user's PATH


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Broker:
    """`extra` are more lines of its configuration, after those of the plain listener."""

    def __init__(self, extra: str = "allow_anonymous true\n"):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-broker-"))
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None
        self.extra = extra
        self.ports: dict[str, int] = {}  # of more listeners, by name

    def start(self) -> None:
        user = "user root\n" if os.geteuid() == 0 else ""  # else it gives root up, and cannot read this directory
        (self.home / "mosquitto.conf").write_text(f"{user}listener {self.port} 127.0.0.1\n{self.extra}")
        with (self.home / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([SERVER, "-c", str(self.home / "mosquitto.conf")], stdout=log, stderr=log)
        wait_until("mosquitto listens", self.listens)

    def listens(self) -> bool:
        assert self.process.poll() is None, (self.home / "mosquitto.log").read_text()
        return all(answers(port) for port in (self.port, *self.ports.values()))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def publish(self, topic: str, payload: str, *options: str) -> None:
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-m", payload, *options]
        subprocess.run(command, check=True, timeout=10)

    def publish_bytes(self, topic: str, payload: bytes, *options: str) -> None:
        """Any bytes, which a command line cannot carry."""
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-s", *options]
        subprocess.run(command, check=True, timeout=10, input=payload)

    def publish_lines(self, topic: str, lines: bytes, *options: str) -> None:
        """A message for each line, over one connection."""
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-t", topic, "-l", *options]
        subprocess.run(command, check=True, timeout=30, input=lines)

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Authority:
    """Signs certificates of its own, in a directory."""

    def __init__(self, home: pathlib.Path):
        self.home, self.ca = home, home / "ca.pem"
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                 "-subj", "/CN=telltale test authority", "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip

    def run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], check=True, cwd=self.home, capture_output=True, timeout=30)

    def sign(self, name: str, alternative: str = "") -> tuple[pathlib.Path, pathlib.Path]:
        """Certificate and key of that name; `alternative` as OpenSSL's subjectAltName."""
        self.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        (self.home / f"{name}.ext").write_text(f"subjectAltName={alternative}\n" if alternative else "basicConstraints=CA:FALSE\n")
        self.run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                 "-extfile", f"{name}.ext", "-out", f"{name}.pem")  # fmt: skip
        return self.home / f"{name}.pem", self.home / f"{name}.key"
