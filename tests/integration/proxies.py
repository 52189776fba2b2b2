"""Debian's Caddy and nginx in front of a daemon, with the configurations that the package brings, on free ports."""
import os
import pathlib
import ssl
import subprocess

from harness import ROOT, Daemon, free_port, wait_until
from mosquitto import Authority

NAME = "plant.example.com"


class Proxy:
    """One that runs. `stripped`: it takes the base path away before it asks the daemon."""

    def __init__(self, kind: str, daemon: Daemon, stripped: bool):
        self.home, self.port = daemon.home / kind, free_port()
        self.home.mkdir()
        self.origin = f"https://{NAME}:{self.port}"
        self.url = f"{self.origin}/telltale"
        self.log = self.home / "log"
        command = self.caddy(daemon, stripped) if kind == "caddy" else self.nginx(daemon, stripped)
        environment = os.environ | {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home),
                                    "TELLTALE_SITE": self.origin, "TELLTALE_UPSTREAM": f"127.0.0.1:{daemon.port}"}  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        wait_until("the proxy answers", self.answers, 20)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self.curl("/api/v1/session")[0] == 200

    def caddy(self, daemon: Daemon, stripped: bool) -> list[str]:
        text = (ROOT / "config/proxies/Caddyfile").read_text()
        text = text.replace("handle /telltale/*", "tls internal\n\thandle_path /telltale/*" if stripped else "tls internal\n\thandle /telltale/*")
        globals_ = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\thttp_port %d\n}\n" % free_port()
        path = self.home / "Caddyfile"
        path.write_text(globals_ + text)
        return ["caddy", "run", "--config", str(path), "--adapter", "caddyfile"]

    def nginx(self, daemon: Daemon, stripped: bool) -> list[str]:
        cert, key = Authority(self.home).sign(NAME, f"DNS:{NAME}")
        text = (ROOT / "config/proxies/nginx.conf").read_text()
        for written, here in (
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            (f"/etc/ssl/certs/{NAME}.pem", str(cert)),
            (f"/etc/ssl/private/{NAME}.key", str(key)),
            ("http://127.0.0.1:8080;", f"http://127.0.0.1:{daemon.port}{'/' if stripped else ''};"),
        ):
            assert text.count(written) == 1, written
            text = text.replace(written, here)
        bodies = "".join(f"{kind}_temp_path {self.home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = self.home / "nginx.conf"
        path.write_text(f"daemon off;\nmaster_process off;\npid {self.home}/pid;\nerror_log {self.log};\nevents {{}}\nhttp {{\naccess_log off;\n{bodies}{text}}}\n")
        return ["nginx", "-p", str(self.home), "-c", str(path), "-e", str(self.log)]

    def curl(self, path: str, *options: str) -> tuple[int, str, str]:
        """(status, body, header) as a client at 127.0.0.2 gets it."""
        head = self.home / "head"
        command = ["curl", "-sk", "-m", "15", "--interface", "127.0.0.2", "--resolve", f"{NAME}:{self.port}:127.0.0.1", "-D", str(head), "-w", "\n%{http_code}"]
        done = subprocess.run([*command, *options, self.url + path], capture_output=True, text=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body, head.read_text() if head.exists() else ""

    @property
    def context(self) -> ssl.SSLContext:
        return ssl._create_unverified_context()

    def clean_up(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def example(name: str) -> str:
    return pathlib.Path(ROOT / "config/examples" / name).read_text()
