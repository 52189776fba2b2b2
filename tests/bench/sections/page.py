"""What the page weighs, how soon a published number is painted, and what it costs whoever looks at it for long."""
import argparse
import contextlib
import json
import math
import pathlib
import subprocess
import time

import node_red as node_red_page
from harness import free_port
from node_red import node_red
from processes import BenchDaemon, helper
from report import Measure, Row, percentile, progress
from sections.mqtt import broker

TITLE = "published to mosquitto -> painted in headless Chromium at 5 Hz, beside a bare MQTT -> WebSocket relay; what looking costs"
HERE = pathlib.Path(__file__).parents[1]
TOPIC = "bench/page"
NODE_RED = "Node-RED dashboard"
LIMITS = {0.5: 1.15, 0.99: 1.3}  # times the relay's
CONFIG = """
server: {{view: public}}
inputs:
  - id: broker
    plugin: mqtt
    options: {{url: {url}, subscribe: [{{topic: "bench/+", payload: json, value: $.value, name: "{{1}}"}}]}}
"""
CHARTS, CHART_HZ = 20, 10
TILES = 1_000
LONG_SERIES, LONG_POINTS = 6, 250_000
LONG_STEP_MS = 1_000
PER_POST = 25_000  # lines


def add_options(group) -> None:
    group.add_argument("--page-minutes", type=float, default=1, metavar="N", help="how long twenty charts are looked at; 10 for the long form")
    group.add_argument("--page-only", choices=("paint", "cold", "charts", "tiles", "long"), help=argparse.SUPPRESS)


def node(script: str, settings: dict, patience: float) -> dict:
    done = subprocess.run(["node", str(HERE / script), json.dumps(settings)], stdout=subprocess.PIPE, text=True, timeout=patience)
    assert done.returncode == 0, f"{script} ended with {done.returncode}"
    return json.loads(done.stdout)


def simulator(every: str, names: list[str], more: str = "") -> str:
    waves = "\n".join(f"        - {{name: {name}, shape: walk, offset: {i % 90}, amplitude: 5, decimals: 2}}" for i, name in enumerate(names))
    return f"server: {{view: public}}\ninputs:\n  - id: sim\n    plugin: simulator\n    options:\n      every: {every}\n      waves:\n{waves}\n{more}"


@contextlib.contextmanager
def peer(options, mqtt_port: int):
    """Pages of peers that look at the same broker, by name."""
    if not options.peers:
        yield {}
        return
    with node_red(mqtt_port, TOPIC) as url:
        yield {NODE_RED: {"url": url + node_red_page.PATH, "value": node_red_page.VALUE}}


def paint(options) -> list[Row]:
    rounds, count = (1, 10) if options.quick else (5, 100)
    relay_port = free_port()
    with broker() as server, helper("bench_relay", server.port, TOPIC, relay_port), peer(options, server.port) as peers:
        with BenchDaemon(CONFIG.format(url=server.url)) as one:
            one.wait_for_plugins(1)
            settings = {
                "mqttPort": server.port,
                "topic": TOPIC,
                "rounds": rounds,
                "count": count,
                "pages": {
                    "telltale": {"url": one.url, "value": '.tile[data-series="page"] [data-value]'},
                    "relay": {"url": f"http://127.0.0.1:{relay_port}/", "value": "[data-value]"},
                    **peers,
                },
            }
            found = node("page.mjs", settings, 600)
            starts = {
                "Telltale": cold_start(options, one.url, "/", settings["pages"]["telltale"]["value"]),
                **{name: cold_start(options, page["url"], "", page["value"]) for name, page in peers.items()},
            } if peers else {}
    rows = [Row("script of the first load, as sent (gzip)", Measure([found["scripts"] / 1e3], "kB"), at_most=60)]
    for share, limit in LIMITS.items():
        ours, relay = ([percentile(run, share) for run in found["paints"][name]] for name in ("telltale", "relay"))
        ratios = [mine / other for mine, other in zip(ours, relay, strict=True)]
        name = f"publish -> painted, p{share * 100:.0f}"
        rows.append(Row(name, Measure(ours, "ms"), Measure(relay, "ms"), "bare relay", at_most=limit, ratios=ratios))
    rows.insert(2, Row("publish -> painted, p95", Measure([percentile(run, 0.95) for run in found["paints"]["telltale"]], "ms")))
    return rows + peer_rows(found["paints"], starts)


def peer_rows(paints: dict, starts: dict) -> list[Row]:
    """What the same code measured of each peer, beside ours."""
    rows = []
    for name in (name for name in paints if name not in ("telltale", "relay")):
        for share in (0.5, 0.95, 0.99):
            ours, theirs = ([percentile(run, share) for run in paints[one]] for one in ("telltale", name))
            ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
            rows.append(Row(f"publish -> painted, p{share * 100:.0f}, beside {name}", Measure(ours, "ms"), Measure(theirs, "ms"), name, ratios=ratios))
        ours, theirs = starts["Telltale"], starts[name]
        rows.append(Row("navigation -> that value painted, nothing cached", Measure(ours["firstValue"], "ms"), Measure(theirs["firstValue"], "ms"), name))
        rows.append(Row("sent until then, headers and all", Measure([ours["bytes"] / 1e3], "kB"), Measure([theirs["bytes"] / 1e3], "kB"), name))
    return rows


def cold_start(options, url: str, path: str, value: str) -> dict:
    return node("page_load.mjs", {"task": "cold", "url": url, "path": path, "value": value, "rounds": 2 if options.quick else 10}, 300)


def cold(options) -> list[Row]:
    with BenchDaemon(simulator("100ms", [f"one.v{i}" for i in range(50)])) as one:
        one.wait_for_plugins(1)
        found = node("page_load.mjs", {"task": "cold", "url": one.url, "rounds": 2 if options.quick else 10}, 300)
    return [
        Row("navigation -> first value painted, nothing cached", Measure(found["firstValue"], "ms")),
        Row("sent until then, headers and all", Measure([found["bytes"] / 1e3], "kB")),
    ]


def cost_rows(what: str, found: dict, seconds: float) -> list[Row]:
    return [
        Row(f"{what}: main thread busy", Measure([found["busy"]], "%")),
        Row(f"{what}: heap growth in {seconds:.0f} s (of {found['heap']:.1f} MB)", Measure([found["heapGrowth"]], "MB")),
        Row(f"{what}: tasks over 50 ms (longest {found['longest']:.0f} ms)", Measure([found["longTasks"]])),
        Row(f"{what}: canvases replaced (of {found['canvases']})", Measure([found["replaced"]]), at_most=0),
    ]


def charts(options) -> list[Row]:
    names = [f"chart.v{i}" for i in range(CHARTS)]
    panels = ", ".join(f"{{panel: lines, y: {name}, width: 3, height: 4}}" for name in names)
    board = f"dashboards: [{{name: charts, span: 1m, panels: [{panels}]}}]\n"
    seconds = 5 if options.quick else 60 * options.page_minutes
    with BenchDaemon(simulator(f"{1000 // CHART_HZ}ms", names, board)) as one:
        one.wait_for_plugins(1)
        found = node("page_load.mjs", {"task": "charts", "url": one.url, "seconds": seconds}, seconds + 120)
    return cost_rows(f"{CHARTS} charts at {CHART_HZ} Hz", found, seconds)


def tiles(options) -> list[Row]:
    seconds = 5 if options.quick else 30
    with BenchDaemon(simulator("500ms", [f"tile{i % 20}.v{i}" for i in range(TILES)])) as one:
        one.wait_for_plugins(1)
        found = node("page_load.mjs", {"task": "tiles", "url": one.url, "seconds": seconds}, seconds + 120)
    # Tiles that scroll into view bring canvases of their own; nobody scrolls here.
    return cost_rows(f"{TILES} tiles at 2 Hz", found, seconds)


def long(options) -> list[Row]:
    points = LONG_POINTS // (50 if options.quick else 1)
    end = int(time.time()) * 1000 - 60_000
    begin = end - points * LONG_STEP_MS
    with BenchDaemon("server: {view: public}\nstorage: {commit: 1s, raw: 30d}\ninputs: []\n") as one:
        lines: list[str] = []
        for i in range(points):
            at = begin + i * LONG_STEP_MS
            lines += [f"long s{s}={math.sin(i / (500 + 90 * s)) * 20 + (i * (s + 7)) % 13 / 10:.2f} {at}" for s in range(LONG_SERIES)]
            if len(lines) >= PER_POST or i == points - 1:
                answer = one.request("POST", "/api/v1/write?precision=ms&durable=1", "\n".join(lines))
                assert answer.status == 204, answer.text
                lines = []
        progress(f"page: {points} points of {LONG_SERIES} series are kept")
        settings = {"task": "long", "url": one.url, "from": begin, "to": end, "moves": 100, "zooms": 3 if options.quick else 15}
        found = node("page_load.mjs", settings, 300)
    where = f"{LONG_SERIES} series x {points:,} points"
    return [
        Row(f"{where}: cursor move, p95", Measure([percentile(found["moves"], 0.95)], "ms"), at_most=16),
        Row(f"{where}: box zoom -> finer answer painted, p50", Measure([percentile(found["zooms"], 0.5)], "ms"), at_most=150),
        Row(f"{where}: box zoom -> finer answer painted, p95", Measure([percentile(found["zooms"], 0.95)], "ms"), at_most=150),
    ]


PARTS = {"paint": paint, "cold": cold, "charts": charts, "tiles": tiles, "long": long}


def measure(options) -> list[Row]:
    rows = []
    for name, part in PARTS.items():
        if options.page_only in (None, name):
            progress(f"page: {name}")
            rows += part(options)
    return rows
