"""A way to Debian's packages for a system that has no network but its loopback: an HTTP proxy that listens there and
fetches from here."""
import ctypes
import http.server
import os
import threading
import urllib.error
import urllib.request

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(network: str) -> None:
    """This thread's sockets are made there from now on; those that it has stay where they are."""
    handle = os.open(network, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if LIBC.setns(handle, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {network}")
    finally:
        os.close(handle)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # its name is http.server's
        kept = {name: value for name, value in self.headers.items() if name.lower() in ("range", "if-range", "if-modified-since")}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.path, headers=kept), timeout=60) as answer:
                self.pass_on(answer.status, answer.headers, answer)
        except urllib.error.HTTPError as error:
            with error:
                self.pass_on(error.code, error.headers, error)
        except OSError as error:
            self.send_error(502, str(error))

    def pass_on(self, status: int, headers, body) -> None:
        self.send_response(status)
        for name in ("Content-Length", "Last-Modified", "Content-Range"):
            if headers.get(name):
                self.send_header(name, headers[name])
        self.end_headers()
        while piece := body.read(1 << 16):
            self.wfile.write(piece)

    def log_message(self, *_) -> None:
        pass


class Mirror:
    """In the network of the process `pid`. A context manager; `url` is for apt."""

    def __init__(self, pid: int):
        own = f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"
        home = os.open(own, os.O_RDONLY | os.O_CLOEXEC)
        try:
            enter(f"/proc/{pid}/ns/net")
            try:
                self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            finally:
                enter(f"/proc/self/fd/{home}")
        finally:
            os.close(home)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Mirror":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()
