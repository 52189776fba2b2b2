"""/metrics, read by those who will read it: promtool, Prometheus itself, and the reference parser of OpenMetrics."""
import json
import shutil
import subprocess
import urllib.parse
import urllib.request

import pytest
from harness import SLOWNESS, Daemon, free_port, wait_until
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

# Debian 12's prometheus is 2.42.
CONFIG = """
device: {name: press-7, site: "hall \\"2\\""}
storage: {commit: 1s}
inputs:
  - id: sim
    plugin: simulator
    options:
      every: 20ms
      waves:
        - {name: oil.temperature, shape: sine, unit: °C}
        - {name: door, shape: state, states: [closed, open], period: 100ms}
"""
OPEN = {"Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
HOSTILE = 'hostile,na\\ me="<script>",le=0.1,quantile=0.5,series=x,a\\ b=c\\"d value=1 1767229200000000000\n'


@pytest.fixture(scope="module")
def running():
    one = Daemon(CONFIG)
    try:
        one.start()
        one.wait_for_series("door")
        one.request("POST", "/api/v1/write", HOSTILE)
        assert one.request("POST", "/api/v1/write?durable=1", "posted value=2\nposted.text value=\"hi\"\n").status == 204
        yield one
    finally:
        one.clean_up()


def families(running, headers: dict) -> dict:
    text = running.request("GET", "/metrics", headers=headers).text
    parse = text_string_to_metric_families if headers else plain_families
    return {family.name: family for family in parse(text)}


def test_promtool_finds_nothing_to_say(running):
    text = running.request("GET", "/metrics").body
    assert shutil.which("promtool"), "it comes with Debian's package prometheus"
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


@pytest.mark.parametrize("headers", [{}, OPEN], ids=["prometheus", "openmetrics"])
def test_both_forms_have_the_same_families(running, headers):
    answer = running.request("GET", "/metrics", headers=headers)
    kind = "application/openmetrics-text; version=1.0.0" if headers else "text/plain; version=0.0.4"
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    found = families(running, headers)
    assert found["telltale" if headers else "telltale_info"].samples[0].labels == {"version": "0.1.0", "device": "press-7", "site": 'hall "2"'}
    assert found["telltale_store_written_bytes"].type == "counter"
    assert found["telltale_live_latency_seconds"].type == "histogram"
    if headers:
        assert found["telltale_store_bytes"].unit == "bytes" and found["telltale_query_seconds"].unit == "seconds"
    names = {sample.name for family in found.values() for sample in family.samples}
    other = {sample.name for family in families(running, {} if headers else OPEN).values() for sample in family.samples}
    assert names == other


def test_the_latest_value_of_each_reading_is_in_the_same_text(running):
    readings = {sample.labels["series"]: sample for sample in families(running, OPEN)["telltale_reading"].samples}
    assert readings["oil.temperature"].labels == {"series": "oil.temperature", "unit": "°C", "input": "sim"}
    assert readings["door"].value in (0, 1) and readings["posted"].value == 2
    assert "posted.text" not in readings, "a text is no number"


def count(running, family: str, suffix: str = "_count") -> float:
    return sum(sample.value for sample in families(running, OPEN)[family].samples if sample.name.endswith(suffix))


def test_histograms_count_what_happened(running):
    assert count(running, "telltale_store_commit_seconds") >= 1
    before = count(running, "telltale_query_seconds"), count(running, "telltale_live_latency_seconds")
    for _ in range(3):
        running.get("/api/v1/query", series="oil.temperature")
    stream = urllib.request.urlopen(f"{running.url}/api/v1/events?series=oil.*&rate=60", timeout=15)
    try:
        wait_until("frames are counted", lambda: count(running, "telltale_live_latency_seconds") >= before[1] + 5)
    finally:
        stream.close()
    assert count(running, "telltale_query_seconds") == before[0] + 3
    histogram = families(running, OPEN)["telltale_live_latency_seconds"]
    fast = sum(sample.value for sample in histogram.samples if sample.labels.get("le") == "1.0")
    assert fast > 0, "they are not seconds late"


def test_drops_have_reasons_and_queues_have_depths(running):
    found = families(running, OPEN)
    reasons = {sample.labels["reason"]: sample.value for sample in found["telltale_dropped_readings"].samples}
    assert reasons == {"ring_full": 0, "ring_corrupt": 0, "rejected": 0, "journal_full": 0, "live_queue_full": 0}
    queues = {sample.labels["queue"] for sample in found["telltale_queue_length"].samples}
    assert queues == {"pipeline_requests", "live_readings", "queries", "facts", "logins"}
    limits = {sample.labels["queue"]: sample.value for sample in found["telltale_queue_limit"].samples}
    assert all(limits[queue] > 0 for queue in queues)


def test_prometheus_scrapes_it(running, tmp_path):
    port = free_port()
    config = tmp_path / "prometheus.yml"
    config.write_text(json.dumps({
        "scrape_configs": [{"job_name": "telltale", "scrape_interval": f"{int(200 * SLOWNESS)}ms", "scrape_timeout": f"{int(200 * SLOWNESS)}ms",
                            "static_configs": [{"targets": [f"127.0.0.1:{running.port}"]}]}],
    }))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log, stderr=log)
    try:
        def value(expression: str) -> float | None:
            query = urllib.parse.urlencode({"query": expression})
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}", timeout=5) as answer:
                    found = json.load(answer)["data"]["result"]
            except OSError:
                return None
            return float(found[0]["value"][1]) if found else None

        wait_until("Prometheus has scraped", lambda: value('up{job="telltale"}') == 1, 30)
        wait_until("a reading is in it", lambda: value('telltale_reading{series="posted"}') == 2, 20)
        wait_until("a rate comes of it", lambda: (value("rate(telltale_pipeline_readings_total[20s])") or 0) > 50, 20)
        wait_until("a quantile too", lambda: value("histogram_quantile(0.99, telltale_store_commit_seconds_bucket)") is not None, 20)
    finally:
        process.kill()
        process.wait()
