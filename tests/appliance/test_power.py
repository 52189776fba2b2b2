"""Power cuts under load, of a whole machine: it starts each time, its history is sound, and no more than one commit
interval is lost. TELLTALE_POWER_CUTS says how often (20 in the long form)."""
import csv
import http.client
import io
import os
import random
import threading
import time

import pytest
from emulated import KERNEL, Emulated, prepare, status_of
from machine import SLOWNESS, wait_until
from root import NoRoot, installed, needed, root, skip, why_not

CUTS = int(os.environ.get("TELLTALE_POWER_CUTS", "3"))
COMMIT = 3.0  # s
# What a commit itself takes on an emulated machine, whose processor is twenty times as slow.
LASTS = 1.5 * SLOWNESS
CONFIG = f"""
server: {{listen: 0.0.0.0:8080, view: public, write: lan}}
storage: {{commit: {COMMIT:g}s}}
inputs:
  - {{id: host, plugin: linux}}
  - id: plant
    plugin: simulator
    options: {{every: 50ms, waves: [{{name: plant.load, shape: noise, amplitude: 10, decimals: 2}}, {{name: plant.sequence, shape: sequence}}]}}
"""


class Load(threading.Thread):
    """Posts numbered readings until it is told to stop; which were accepted and when, and which were called durable."""

    def __init__(self, port: int, first: int):
        super().__init__(daemon=True)
        self.port, self.number, self.stopped = port, first, threading.Event()
        self.accepted: dict[int, float] = {}
        self.durable: list[int] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5 * SLOWNESS)
        while not self.stopped.is_set():
            durable = self.number % 50 == 0
            try:
                connection.request("POST", "/api/v1/write" + ("?durable=1" if durable else ""), f"cut.number value={self.number}")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return  # the power is off
            if answer.status == 204:
                self.accepted[self.number] = time.monotonic()
                if durable:
                    self.durable.append(self.number)
            self.number += 1
            self.stopped.wait(0.01)


@pytest.fixture(scope="module")
def device():
    if reason := why_not("qemu-system-x86_64", "mkfs.ext4"):
        skip(reason)
    try:
        directory = root("machine", sorted({*needed(), *KERNEL}))
    except NoRoot as reason:
        skip(reason)
    with installed(directory) as image:
        prepare(image, CONFIG)
        machine = Emulated(image)
    try:
        yield machine
    finally:
        machine.clean_up()


def kept(device: Emulated) -> set[int]:
    connection = http.client.HTTPConnection("127.0.0.1", device.port, timeout=60 * SLOWNESS)
    connection.request("GET", "/api/v1/query?series=cut.number&stat=raw&format=csv&from=now-1d")
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text
    rows = list(csv.reader(io.StringIO(text)))
    return {int(float(row[-1])) for row in rows[1:]}


def is_served(device: Emulated) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", device.port, timeout=5 * SLOWNESS)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_each_power_cut_costs_at_most_one_commit_interval(device):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    print(f"seed {seed}, {CUTS} cuts")
    device.wait_for_boot()
    number, losses = 1, []
    for cut in range(CUTS):
        wait_until("it serves", lambda: is_served(device), 120)
        load = Load(device.port, number)
        load.start()
        time.sleep(chance.uniform(COMMIT, 3 * COMMIT))
        assert len(load.accepted) > 10, "there was no load"
        at = time.monotonic()
        device.cut_power()
        device.wait_for_boot()
        load.stopped.set()
        load.join()
        wait_until("it serves again", lambda: is_served(device), 120)
        told = status_of(device.run("telltale status --json"))
        assert told["version"]
        device.run("telltale verify", seconds=300)
        assert device.run("systemctl show --value -p NRestarts telltaled").strip() == "0"
        there = kept(device)
        lost = sorted(set(load.accepted) - there)
        assert not set(load.durable) - there, "a reading that was said to be on the disk is not"
        before = [one for one in lost if load.accepted[one] <= at]
        losses.append(at - load.accepted[before[0]] if before else 0.0)
        print(f"cut {cut + 1}: {len(load.accepted)} accepted, {len(load.durable)} durable, {len(lost)} lost, of the last {losses[-1]:.2f} s")
        assert losses[-1] <= COMMIT + LASTS
        number = load.number + 1
    print(f"{CUTS} power cuts, the most that was lost: the last {max(losses):.2f} s, with a commit every {COMMIT:g} s")
