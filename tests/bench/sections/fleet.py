"""Many devices on one server: what a VictoriaMetrics of Debian takes to keep them, for the arithmetic of docs/fleet.md."""
import asyncio
import gzip
import json
import random
import shutil
import time
import urllib.parse

from databases import answers, bytes_under, feed, free_port, request, running, wait_for, wait_for_rest
from processes import cpu_seconds, pss_bytes, scratch
from report import Measure, Row, percentile, progress

TITLE = "500 devices of 200 series at 0.1 Hz, each on a connection of its own, to one VictoriaMetrics"
DEVICES, SERIES, PERIOD = 500, 200, 10.0
DAY = 86_400


def add_options(group) -> None:
    group.add_argument("--fleet-seconds", type=float, default=120, help="how long the devices speak (default 120)")


class Device:
    """Sends what a sink with `every: 10s` sends: a batch of its series, gzipped line protocol, each period."""

    def __init__(self, number: int):
        tags = f"site=site-{number // 50:02},device=press-{number:05}"
        self.heads = [f"line.sensor_{series:03},{tags} value=" for series in range(SERIES)]
        self.random = random.Random(number)
        self.values = [self.random.uniform(10, 90) for _ in range(SERIES)]

    def batch(self, at_ns: int) -> str:
        for series in range(SERIES):
            self.values[series] += self.random.choice((-0.1, 0, 0, 0, 0.1))
        return "".join(f"{head}{value:.1f} {at_ns}\n" for head, value in zip(self.heads, self.values, strict=True))


async def speak(device: Device, port: int, until: float, times: list[float], late: list[float], sizes: list[int]) -> int:
    """Until then; how many readings were acknowledged."""
    taken, due = 0, time.monotonic() + device.random.uniform(0, PERIOD)
    reader = writer = None
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if writer is None:  # not before there is something to say: the server waits 5 s for it
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = gzip.compress(device.batch(time.time_ns()).encode(), 1)
        began = time.monotonic()
        late.append(began - due)
        sizes.append(len(body))
        writer.write(b"POST /write HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        status = await reader.readline()
        assert status.split()[1] == b"204", status
        while await reader.readline() != b"\r\n":
            pass
        times.append(time.monotonic() - began)
        taken += SERIES
        due += PERIOD
    if writer is not None:
        writer.close()
    return taken


async def all_speak(devices: list[Device], port: int, seconds: float, *notes: list) -> int:
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(speak(device, port, until, *notes) for device in devices)))


def asked(url: str, query: str, at: float | None = None) -> tuple[list, float]:
    """The answer, and how many ms it took."""
    began = time.monotonic()
    parameters = {"query": query, "nocache": "1"} | ({} if at is None else {"time": f"{at:.3f}"})
    answer = json.loads(request(f"{url}/api/v1/query?" + urllib.parse.urlencode(parameters)))
    return answer["data"]["result"], 1000 * (time.monotonic() - began)


def day_of(devices: int, hours: float):
    """The same readings as they would come in that time, oldest first, in pieces."""
    now = time.time_ns()
    fleet = [Device(number) for number in range(devices)]
    steps = int(hours * 3600 / PERIOD)
    for step in range(steps):
        at = now - int((steps - step) * PERIOD * 1e9)
        yield "".join(device.batch(at) for device in fleet).encode()


def storage(devices: int, hours: float) -> tuple[float, float]:
    """Bytes on disk a reading, settled, and the size of the index."""
    with scratch() as home:
        data, port = home / "data", free_port()
        url = f"http://127.0.0.1:{port}"
        command = ["victoria-metrics", f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"]
        with running(command, home):
            wait_for("VictoriaMetrics answers", lambda: answers(f"{url}/health"))
            readings = 0
            for piece in day_of(devices, hours):
                feed(f"{url}/write", piece)
                readings += piece.count(b"\n")
            request(f"{url}/internal/force_flush")
            request(f"{url}/internal/force_merge")
            kept = wait_for_rest("VictoriaMetrics has merged everything", lambda: bytes_under(data / "data"))
            index = bytes_under(data / "indexdb")
    return kept / readings, index / (devices * SERIES)


def measure(options) -> list[Row]:
    if shutil.which("victoria-metrics") is None:
        progress("fleet: victoria-metrics is not installed")
        return []
    seconds = 12 if options.quick else options.fleet_seconds
    devices = [Device(number) for number in range(50 if options.quick else DEVICES)]
    times: list[float] = []
    late: list[float] = []
    sizes: list[int] = []
    with scratch() as home:
        data, port = home / "data", free_port()
        url = f"http://127.0.0.1:{port}"
        command = ["victoria-metrics", f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}"]
        with running(command, home) as server:
            wait_for("VictoriaMetrics answers", lambda: answers(f"{url}/health"))
            progress(f"fleet: {len(devices)} devices speak for {seconds:g} s")
            before = cpu_seconds(server.pid)
            began = time.monotonic()
            taken = asyncio.run(all_speak(devices, port, seconds, times, late, sizes))
            lasted = time.monotonic() - began
            cpu = cpu_seconds(server.pid) - before
            memory = pss_bytes(server.pid)
            request(f"{url}/internal/force_flush")
            found, count_ms = asked(url, 'sum(count_over_time({device!=""}[1d]))', time.time() + 60)  # of what just came it says nothing
            assert found and int(float(found[0]["value"][1])) == taken, f"{found} of {taken}"
            means, mean_ms = asked(url, 'avg by (site) ({__name__="line.sensor_007_value"})', time.time() + 60)
            assert len(means) == len({number // 50 for number in range(len(devices))})
    progress("fleet: what it takes on the disk")
    of_reading, of_series = storage(2 if options.quick else 5, 0.2 if options.quick else 24)
    rows = [
        Row(f"readings taken, of {len(devices)} devices; none is missing", Measure([taken / lasted], "readings/s")),
        Row("CPU of the server", Measure([100 * cpu / lasted], "% of a core")),
        Row("CPU of the server, a reading", Measure([1e6 * cpu / taken], "us")),
        Row("on the line, a reading (gzip)", Measure([sum(sizes) / taken], "bytes")),
        Row("memory of the server", Measure([memory / 1e6], "MB")),
        Row("a batch of 200 readings until it is acknowledged: median", Measure([1000 * percentile(times, 0.5)], "ms")),
        Row("the same, p99", Measure([1000 * percentile(times, 0.99)], "ms")),
        Row("besides: the simulator's own lateness, p99", Measure([1000 * percentile(late, 0.99)], "ms")),
        Row("one series of every device, mean by site", Measure([mean_ms], "ms")),
        Row("count of everything", Measure([count_ms], "ms")),
        Row("on disk, a reading (a day of 5 devices)", Measure([of_reading], "bytes")),
        Row("index on disk, a series", Measure([of_series], "bytes")),
    ]
    return rows
