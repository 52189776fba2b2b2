"""Server-Sent Events as curl sees them."""
import json
import queue
import subprocess
import threading
import time

from harness import SLOWNESS, Daemon


class EventStream:
    """`curl -N` on /api/v1/events: its frames, as they come."""

    def __init__(self, daemon: Daemon, glob: str, *options: str):
        url = f"{daemon.url}/api/v1/events"
        command = ["curl", "-sSN", "-G", "--data-urlencode", f"series={glob}", url, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.keys: dict[int, str] = {}
        self.frames: queue.Queue = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        last_id = None
        for line in self.process.stdout:
            name, _, value = line.rstrip("\r\n").partition(":")
            if name == "id":
                last_id = value.strip()
            elif name == "data":
                self.frames.put((last_id, json.loads(value)))
        self.frames.put(None)

    def next_frame(self, seconds: float = 10) -> tuple[str | None, dict]:
        frame = self.frames.get(timeout=seconds * SLOWNESS)
        assert frame is not None, "the stream ended"
        if frame[1]["op"] == "series":
            self.keys.update({item["ref"]: item["key"] for item in frame[1]["series"]})
        return frame

    def readings(self, count: int, seconds: float = 10) -> list[tuple[str, int, object]]:
        """The next readings (key, time_ms, value), at least `count`."""
        found = []
        deadline = time.monotonic() + seconds * SLOWNESS
        while len(found) < count:
            _, frame = self.next_frame(max(0.01, deadline - time.monotonic()))
            if frame["op"] == "data":
                found += [(self.keys[ref], time_ms, value) for ref, time_ms, value in frame["rows"]]
        return found

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
