"""Documents posted to /api/v1/ingest/ID: site visits and payments as counts, sums and rates per minute."""
import gzip
import json
import os
import signal
import threading
import time

import pytest
from harness import SLOWNESS, wait_until

CONFIG = """
server: {write: loopback}
inputs:
  - id: shop
    plugin: webhook
    isolation: ISOLATION
    options:
      every: 100ms
      events:
        - {name: site.visits, where: [{at: $.type, is: pageview}], labels: [{name: page, value: $.page}]}
        - {name: payments, where: [{at: $.type, is: [payment.succeeded, payment.captured]}], value: $.data.amount, scale: 0.01,
           unit: EUR, decimals: 2, time: $.created}
        - {name: orders, items: $.orders, value: $.total}
"""


@pytest.fixture(params=["process", "none"])
def shop(daemon, request):
    one = daemon(CONFIG.replace("ISOLATION", request.param)).start()
    wait_until("the input runs", lambda: one.input("shop")["state"] == "running")
    return one


def post(one, document, headers=None, path="/api/v1/ingest/shop"):
    body = document if isinstance(document, (bytes, str)) else json.dumps(document)
    return one.request("POST", path, body, {"Content-Type": "application/json"} | (headers or {}))


def values(one, glob: str) -> dict[str, float]:
    return {key: row["value"] for key, row in one.latest(glob).items()}


def test_visits_and_payments_are_counted_summed_and_rated(shop):
    created = int(time.time()) - 30
    for page, times in (("/", 3), ("/shop", 2)):
        for _ in range(times):
            assert post(shop, {"type": "pageview", "page": page}).status == 204
    for cents in (1299, 501):
        document = {"type": "payment.succeeded", "created": created, "data": {"amount": cents}}
        assert post(shop, document).status == 204
    visits = wait_until("the visits are there", lambda: (found := values(shop, "site.visits.count")) and sum(found.values()) == 5 and found)
    assert visits == {'site.visits.count{page="/"}': 3, 'site.visits.count{page="/shop"}': 2}
    wait_until("the rates are there", lambda: values(shop, "site.visits.per_minute").get('site.visits.per_minute{page="/"}') == 3)
    wait_until("the payments are there", lambda: values(shop, "payments.count") == {"payments.count": 2})
    wait_until("their sum per minute is there", lambda: values(shop, "payments.sum_per_minute") == {"payments.sum_per_minute": 18.0})
    assert values(shop, "payments.sum") == {"payments.sum": 18.0}
    assert sorted(shop.raw("payments"))[0][0] == created * 1000, "the source's own time"
    described = {item["key"]: item for item in shop.get("/api/v1/series")}
    assert described["payments"]["unit"] == "EUR" and described["payments.sum_per_minute"]["unit"] == "EUR/min"
    assert described["payments.count"]["kind"] == "counter"


def test_a_list_holds_many_events(shop):
    assert post(shop, {"orders": [{"total": 5}, {"total": "7.5"}, {"total": None}, {"note": "no total"}, 3]}).status == 204
    wait_until("both are counted", lambda: values(shop, "orders.count") == {"orders.count": 2})
    assert values(shop, "orders.sum") == {"orders.sum": 12.5}
    assert shop.input("shop")["counters"]["events.without_value"] == 3


def test_a_body_may_be_compressed(shop):
    body = gzip.compress(json.dumps({"type": "pageview", "page": "/zip"}).encode())
    assert post(shop, body, {"Content-Encoding": "gzip"}).status == 204
    wait_until("it is counted", lambda: values(shop, "site.visits.count").get('site.visits.count{page="/zip"}') == 1)
    assert post(shop, body[:-9], {"Content-Encoding": "gzip"}).status == 400
    bomb = gzip.compress(b" " * 10_000_000)
    assert post(shop, bomb, {"Content-Encoding": "gzip"}).status == 413


def test_what_is_of_no_interest_is_taken_and_counted(shop):
    for document in ({"type": "other"}, {}, [], {"orders": {"total": 3}}, {"type": ["pageview"]}, {"type": "payment.succeeded"}):
        assert post(shop, document).status == 204
    wait_until("all were ignored", lambda: shop.input("shop")["counters"].get("documents.ignored") == 6)


HOSTILE = {
    "cut off": b'{"type": "pageview"',
    "no UTF-8": b'{"type": "\xff\xfe"}',
    "deep": b"[" * 10_000,
    "twice the same key": b'{"type": "a", "type": "pageview"}',
    "nan": b'{"data": NaN}',
    "nothing": b"",
    "zeros": b"\0" * 1_000,
    "many values": b"[" + b"1," * 50_000 + b"1]",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_are_refused(shop, body):
    answer = post(shop, body)
    assert answer.status == 400
    assert "the document was refused" in answer.json["detail"]
    assert post(shop, {"type": "pageview", "page": "/"}).status == 204, "it goes on"


def test_labels_cannot_make_endless_series(shop):
    for i in range(230):
        assert post(shop, {"type": "pageview", "page": f"/{i}"}).status == 204
    refused = wait_until("some are over the limit", lambda: shop.input("shop")["counters"].get("series.over_limit"))
    assert 0 < refused < 30
    wait_until("each is counted here or there", lambda: shop.input("shop")["counters"]["series.over_limit"]
               + len(values(shop, "site.visits.count")) == 230)  # fmt: skip
    assert post(shop, {"type": "pageview", "page": "/\x07" + "x" * 300}).status == 204


def test_an_input_that_ended_answers_at_once(shop):
    if shop.input("shop")["isolation"] == "none":
        pytest.skip("a plugin in the daemon is not killed alone")
    pid = shop.input("shop")["pid"]
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    timer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    timer.start()
    answer = post(shop, {"type": "pageview", "page": "/"})
    timer.join()
    assert answer.status == 503 and "ended meanwhile" in answer.json["detail"]
    assert time.monotonic() - began < 5 * SLOWNESS, "long before its time was over"
    wait_until("it is back", lambda: post(shop, {"type": "pageview", "page": "/"}).status == 204)
