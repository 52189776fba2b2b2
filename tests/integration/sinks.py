"""What tests of sinks share: a daemon's first sink, readings for it, and an HTTP server that answers what it is told."""
import http.server
import threading
import time


def sink(one) -> dict:
    return one.get("/api/v1/sinks")[0]


def post(one, lines: str) -> None:
    assert one.request("POST", "/api/v1/write", lines).status == 204


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Answering:
    """Answers (status, headers, text) of `answers` in turn, then 204; took(body) is called for what it took. When each
    request came, and its headers, are kept."""

    def __init__(self, took):
        self.answers: list[tuple[int, dict[str, str], str]] = []
        self.headers, self.times = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.times.append(time.monotonic())
                outer.headers.append(self.headers)
                status, headers, text = outer.answers.pop(0) if outer.answers else (204, {}, "")
                if status == 204:
                    took(body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
