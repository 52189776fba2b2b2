#!/usr/bin/env python3
"""Posts readings, one after the other, each by a connection of its own, until standard input says so; then prints
what came of it: how many were accepted, how many connections were refused, the longest wait.

Usage: load.py PORT NAME
"""
import http.client
import json
import select
import sys
import time

PORT, NAME = int(sys.argv[1]), sys.argv[2]
PAUSE = 0.01


def post(number: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    try:
        connection.request("POST", "/api/v1/write", f"{NAME} value={number} {time.time_ns()}")
        return connection.getresponse().status
    finally:
        connection.close()


def main() -> None:
    accepted, refused, broken, others, longest = [], 0, 0, [], 0.0
    number = 0
    last = False
    while not last:
        # The last one is posted after the end was asked for: what answers then is what runs then.
        last = bool(select.select([sys.stdin], [], [], PAUSE)[0])
        number += 1
        began = time.monotonic()
        try:
            status = post(number)
            if status == 204:
                accepted.append(number)
            else:
                others.append(status)
        except ConnectionRefusedError:
            refused += 1
        except (OSError, http.client.HTTPException):
            broken += 1  # it had begun and got no answer: the reading may be there or not
        longest = max(longest, time.monotonic() - began)
        if number == 1:
            print("begun", flush=True)
    print(json.dumps({"accepted": accepted, "refused": refused, "broken": broken, "others": others, "longest": longest}))


if __name__ == "__main__":
    main()
