"""What the page weighs, and how soon a published number is painted."""
import json
import pathlib
import subprocess

from harness import free_port
from processes import BenchDaemon, helper
from report import Measure, Row, percentile
from sections.mqtt import broker

TITLE = "published to mosquitto -> painted in headless Chromium at 5 Hz, beside a bare MQTT -> WebSocket relay"
SCRIPT = pathlib.Path(__file__).parents[1] / "page.mjs"
TOPIC = "bench/page"
LIMITS = {0.5: 1.15, 0.99: 1.3}  # times the relay's
CONFIG = """
server: {{view: public}}
inputs:
  - id: broker
    plugin: mqtt
    options: {{url: {url}, subscribe: [{{topic: "bench/+", payload: json, value: $.value, name: "{{1}}"}}]}}
"""


def browse(rounds: int, count: int) -> dict:
    relay_port = free_port()
    with broker() as server, helper("bench_relay", server.port, TOPIC, relay_port):
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
                },
            }
            done = subprocess.run(["node", str(SCRIPT), json.dumps(settings)], stdout=subprocess.PIPE, text=True, timeout=600)
            assert done.returncode == 0, f"page.mjs ended with {done.returncode}"
            return json.loads(done.stdout)


def measure(options) -> list[Row]:
    found = browse(*((1, 10) if options.quick else (5, 100)))
    rows = [Row("script of the first load, as sent (gzip)", Measure([found["scripts"] / 1e3], "kB"), at_most=60)]
    for share, limit in LIMITS.items():
        ours, relay = ([percentile(run, share) for run in found["paints"][name]] for name in ("telltale", "relay"))
        ratios = [mine / other for mine, other in zip(ours, relay, strict=True)]
        name = f"publish -> painted, p{share * 100:.0f}"
        rows.append(Row(name, Measure(ours, "ms"), Measure(relay, "ms"), "bare relay", at_most=limit, ratios=ratios))
    return rows
