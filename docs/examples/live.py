#!/usr/bin/env python3
"""Prints readings of a Telltale device as they happen, and misses none: lost connections are made anew, and go on where they were.

    live.py http://device:8080 'press7.*' [SELECTOR…] [--form json|binary] [--rate N] [--token TOKEN] [--count N]

A line is KEY TIME_MS VALUE [QUALITY]. Needs the package websockets (Debian: python3-websockets). The protocol is described
in docs/live-protocol.md.
"""
import argparse
import asyncio
import json
import math
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

import websockets

QUALITIES = ("good", "stale", "uncertain", "bad")
KINDS = ("gauge", "counter", "state", "event")


class Cursor:
    """Reads a binary message from its front."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def bytes(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise ValueError("the message is cut off")
        self.at += count
        return taken

    def byte(self) -> int:
        return self.bytes(1)[0]

    def count(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def integer(self) -> int:
        value = self.count()
        return (value >> 1) ^ -(value & 1)

    def text(self) -> str:
        return self.bytes(self.count()).decode()

    def double(self) -> float:
        return struct.unpack("<d", self.bytes(8))[0]

    def running(self, count: int) -> list[int]:
        """Numbers that are told by their differences."""
        numbers, last = [], 0
        for _ in range(count):
            last += self.integer()
            numbers.append(last)
        return numbers


def binary_message(data: bytes) -> dict:
    """A message of telltale.binary.v1 as one of the JSON form; states keep their numbers."""
    cursor = Cursor(data)
    op = {1: "hello", 2: "series", 3: "data", 4: "gap", 5: "error"}.get(cursor.byte())
    if op is None:
        return {"op": None}  # of a newer device
    if op == "hello":
        return {"op": op, "version": cursor.text(), "boot": cursor.text(), "time": cursor.integer()}
    message = {"op": op, "id": cursor.text()}
    if op == "series":
        message["series"] = [binary_series(Cursor(cursor.bytes(cursor.count()))) for _ in range(cursor.count())]
    elif op == "data":
        message |= {"seq": cursor.integer(), "rows": binary_rows(cursor)}
    elif op == "gap":
        message |= {"from": cursor.integer(), "to": cursor.integer()}
    else:
        message |= {"code": cursor.text(), "message": cursor.text()}
    return message


def binary_series(cursor: Cursor) -> dict:
    series = {"ref": cursor.count(), "key": cursor.text(), "input": cursor.text(), "unit": cursor.text()}
    series["kind"] = KINDS[cursor.byte()]
    series["labels"] = {cursor.text(): cursor.text() for _ in range(cursor.count())}
    flags = cursor.byte()
    if flags & 1:
        series["title"] = cursor.text()
    if flags & 2:
        series["decimals"] = cursor.count()
    if flags & 4:
        series["range"] = [cursor.double(), cursor.double()]
    if flags & 8:
        series["states"] = [[cursor.integer(), cursor.text()] for _ in range(cursor.count())]
    return series


def binary_rows(cursor: Cursor) -> list[list]:
    count, flags = cursor.count(), cursor.byte()
    refs, times = cursor.running(count), cursor.running(count)
    marks = cursor.bytes(count) if flags & 1 else bytes(count)
    values = [None if mark & 4 else cursor.double() for mark in marks]
    texts = [cursor.text() if mark & 4 else None for mark in marks]
    rows = []
    for ref, time_ms, mark, value, text in zip(refs, times, marks, values, texts):
        value = text if mark & 4 else value if math.isfinite(value) else None
        rows.append([ref, time_ms, value] + ([QUALITIES[mark & 3]] if mark & 3 else []))
    return rows


class Follower:
    """One subscription, over as many connections as it takes."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.since: int | None = None
        self.series: dict[int, dict] = {}
        self.newest: dict[str, int] = {}  # time of what was told last, by key
        self.repeats = True  # the next frame may hold readings that were told already
        self.filled: dict[str, int] = {}  # time up to which the history told, by key: frames that came meanwhile repeat it
        self.left = options.count or math.inf

    async def run(self) -> None:
        while self.left > 0:
            try:
                await self.follow()
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException) as error:
                print(f"connection lost: {error or type(error).__name__}", file=sys.stderr)
                await asyncio.sleep(0.3)

    async def follow(self) -> None:
        options = self.options
        url = options.url.replace("http", "ws", 1) + "/api/v1/live"
        headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
        # Pings find out within four seconds that the network is gone, which TCP would wait for.
        connection = websockets.connect(
            url, subprotocols=[f"telltale.{options.form}.v1"], extra_headers=headers, max_size=2**24,
            open_timeout=1.5, ping_interval=2, ping_timeout=2, close_timeout=0.5,
        )
        async with connection as live:
            wanted = {"op": "subscribe", "id": "a", "series": options.selectors, "rate": options.rate, "since": self.since}
            await live.send(json.dumps(wanted))
            self.series.clear()
            async for message in live:
                self.take(json.loads(message) if isinstance(message, str) else binary_message(message))
                if self.left <= 0:
                    return

    def take(self, message: dict) -> None:
        if message["op"] == "series":
            self.series.update({one["ref"]: one for one in message["series"]})
        elif message["op"] == "gap":
            self.fill(message["from"], message["to"])
            self.repeats = True
        elif message["op"] == "error":
            print(f"{message['code']}: {message['message']}", file=sys.stderr)
        elif message["op"] == "data":
            for ref, time_ms, value, *quality in message["rows"]:
                series = self.series[ref]
                key = series["key"]
                told = self.newest.get(key, time_ms - 1) if self.repeats else self.filled.get(key, time_ms - 1)
                if time_ms > told:
                    self.tell(series["key"], time_ms, self.named(series, value), *quality)
            self.repeats = False
            self.since = message["seq"]

    @staticmethod
    def named(series: dict, value):
        """A state's name; the JSON form has it in the row."""
        if series["kind"] != "state" or not isinstance(value, float):
            return value
        return dict(series.get("states", [])).get(value, f"{value:.17g}")

    def fill(self, start: int, end: int) -> None:
        """What a gap left out, from the history. Statistics of windows are not asked for: their newest value comes."""
        selectors = [selector for selector in self.options.selectors if "@" not in selector]
        if not selectors or not self.newest:
            return
        query = urllib.parse.urlencode({"series": selectors, "from": start, "to": end + 1, "stat": "raw"}, doseq=True)
        headers = {"Authorization": f"Bearer {self.options.token}"} if self.options.token else {}
        request = urllib.request.Request(f"{self.options.url}/api/v1/query?{query}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                found = json.load(answer)["series"]
        except urllib.error.HTTPError as error:
            print(f"the gap from {start} to {end} stays: {error}", file=sys.stderr)
            return
        for series in found:
            told = self.newest.get(series["key"], start - 1)
            for time_ms, value in zip(*series["data"]):
                if time_ms > told:
                    self.tell(series["key"], time_ms, value)
            if series["data"][0]:
                self.filled[series["key"]] = series["data"][0][-1]

    def tell(self, key: str, time_ms: int, value, *quality: str) -> None:
        if self.left > 0:
            print(key, time_ms, json.dumps(value, ensure_ascii=False), *quality, flush=True)
        self.newest[key] = max(time_ms, self.newest.get(key, time_ms))
        self.left -= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("selectors", nargs="+")
    parser.add_argument("--form", choices=("json", "binary"), default="json")
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--token")
    parser.add_argument("--count", type=int, help="end after as many readings")
    asyncio.run(Follower(parser.parse_args()).run())


if __name__ == "__main__":
    main()
