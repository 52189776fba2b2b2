"""The serial input over pairs of pseudo-terminals that break and come back: what a device sends is shown, and noise, torn
and wrong messages are counted and never shown."""
import functools
import operator
import os
import threading
import time

import pytest
from harness import ROOT, wait_until
from modbus_slaves import Wire

MULTIDROP = ROOT / "config/examples/serial-multidrop.yaml"
SCALE = r"payload: {regex: 'W\s*(?<weight>[-\d.]+)\s*kg'}"


@pytest.fixture
def wire():
    one = Wire().plug_in()
    yield one
    one.clean_up()


def config(wire: Wire, options: str) -> str:
    return f"inputs:\n  - id: scale\n    plugin: serial\n    options: {{port: {wire.here}, baud: 9600, {options}}}\n"


class Device:
    """The other end of the line."""

    def __init__(self, wire: Wire):
        self.fd = os.open(wire.there, os.O_RDWR | os.O_NOCTTY)

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_) -> None:
        os.close(self.fd)

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.fd, data):]

    def receive(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            data += os.read(self.fd, 1)
        return data


def counters(one) -> dict:
    return one.input("scale").get("counters", {})


def show(one, device: Device, data: bytes, key: str, value) -> None:
    """Sends until it is shown: the port may just be opening, and then the first message is passed over."""

    def is_there() -> bool:
        if one.latest(key).get(key, {}).get("value") == value:
            return True
        device.send(data)
        return False

    wait_until(f"{key} is {value}", is_there, 20)


def nmea(body: str) -> bytes:
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}\r\n".encode()


def test_reads_a_scale(daemon, wire):
    one = daemon(config(wire, f"frame: line, {SCALE}, unit: kg")).start()
    with Device(wire) as device:
        show(one, device, b"ST,GS,W  12.50 kg\r\n", "scale.weight", 12.5)
        assert one.latest("scale.weight")["scale.weight"]["quality"] == "good"
        wait_until("it says that it is well", lambda: one.input("scale")["state"] == "running")


def test_noise_and_torn_messages_are_counted_and_not_shown(daemon, wire):
    one = daemon(config(wire, f"frame: line, {SCALE}")).start()
    with Device(wire) as device:
        show(one, device, b"W 1 kg\r\n", "scale.weight", 1)
        device.send(b"\xff\x00W kg\r\nW ..5")  # noise, and a message without its end
        for byte in b"W 2.5 kg\r\n":  # slowly
            device.send(bytes([byte]))
            time.sleep(0.02)
        wait_until("the slow message is there", lambda: one.latest("scale.weight")["scale.weight"]["value"] == 2.5)
        device.send(b"x" * 10_000 + b"\r\nW 3 kg\r\n")
        wait_until("what follows is there", lambda: one.latest("scale.weight")["scale.weight"]["value"] == 3)
        wait_until("what was dropped is counted",
                   lambda: counters(one).get("frames.too_long", 0) >= 1 and counters(one).get("payload.no_match", 0) >= 1)
        assert r"\xff\x00W kg" in one.log()
    assert {row[1] for row in one.raw("scale.weight")} <= {1, 2.5, 3}


def test_a_wrong_checksum_is_never_shown(daemon, wire):
    one = daemon(config(wire, "payload: nmea")).start()
    with Device(wire) as device:
        show(one, device, nmea("HEHDT,10.0,T"), "scale.HDT.heading", 10)
        for place in range(1, 13):
            spoilt = bytearray(nmea("HEHDT,20.0,T"))
            spoilt[place] ^= 1
            device.send(bytes(spoilt))
        device.send(nmea("HEHDT,30.0,T"))
        wait_until("the right one is there", lambda: one.latest("*")["scale.HDT.heading"]["value"] == 30)
        wait_until("each is counted", lambda: counters(one).get("payload.wrong_checksum") == 12)
    assert {row[1] for row in one.raw("scale.HDT.heading")} == {10, 30}


def test_binary_messages_are_found_again(daemon, wire):
    frame = "frame: {kind: fixed, size: 5, start: '\\xaa', checksum: xor}"
    layout = "payload: {layout: [{field: flow, at: 1, type: uint16, scale: 0.01}]}"
    one = daemon(config(wire, f"{frame}, {layout}")).start()

    def message(value: int) -> bytes:
        body = bytes([0xAA, value >> 8, value & 0xFF, 7])
        return body + bytes([functools.reduce(operator.xor, body)])

    with Device(wire) as device:
        show(one, device, message(100), "scale.flow", 1)
        device.send(message(200)[:3] + message(300) + b"\xaa\xaa" + message(400))
        wait_until("the last one is there", lambda: one.latest("*")["scale.flow"]["value"] == 4)
    assert {row[1] for row in one.raw("scale.flow")} == {1, 3, 4}


def test_an_unplugged_adapter_comes_back(daemon, wire):
    one = daemon(config(wire, SCALE)).start()
    with Device(wire) as device:
        show(one, device, b"W 1 kg\r\n", "scale.weight", 1)
    for turn in range(2, 5):
        wire.unplug()
        wait_until("its value is bad", lambda: one.latest("*")["scale.weight"]["quality"] == "bad")
        wait_until("it says so", lambda: "is not there" in one.input("scale")["reason"])
        wire.plug_in()
        with Device(wire) as device:
            show(one, device, b"W %d kg\r\n" % turn, "scale.weight", turn)
        wait_until("it is well", lambda: not one.input("scale").get("reason"))
    wait_until("each loss is counted", lambda: counters(one).get("port.lost") == 3)


def test_starts_before_the_adapter_is_there(daemon, wire):
    wire.unplug()
    one = daemon(config(wire, SCALE)).start()
    wait_until("it says so", lambda: "is not there" in one.input("scale")["reason"])
    wire.plug_in()
    with Device(wire) as device:
        show(one, device, b"W 5 kg\r\n", "scale.weight", 5)
    assert one.stop() == 0


def test_asks_two_devices_on_one_line(daemon, wire):
    polls = r"poll: [{name: a, send: 'A?\r', every: 100ms}, {name: b, send: 'B?\r', every: 100ms, timeout: 200ms}]"
    one = daemon(config(wire, f"payload: number, misses: 2, {polls}")).start()
    b_answers = threading.Event()
    b_answers.set()
    done = threading.Event()

    def answer() -> None:
        with Device(wire) as device:
            while not done.is_set():
                question = device.receive(b"\r")
                if question.endswith(b"A?\r"):
                    device.send(b"1.5\r\n")
                elif b_answers.is_set():
                    device.send(b"2.5\r\n99\r\n")  # and something that nobody asked for

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        wait_until("both answer", lambda: {key: row["value"] for key, row in one.latest("*").items()} == {"scale.a": 1.5, "scale.b": 2.5})
        b_answers.clear()
        wait_until("the dead one is bad", lambda: one.latest("*")["scale.b"]["quality"] == "bad")
        assert one.latest("*")["scale.a"]["quality"] == "good"
        wait_until("it is counted", lambda: counters(one).get("poll.missed", 0) >= 2)
        assert {row[1] for row in one.raw("scale.b")} <= {2.5, None}
    finally:
        done.set()
        thread.join(20)
    assert not thread.is_alive()


def test_devices_on_one_line_speak_differently(daemon, wire):
    text = MULTIDROP.read_text()
    assert text.count("/dev/ttyS1") == 1
    one = daemon(text.replace("/dev/ttyS1", str(wire.here)).replace("every: 2s", "every: 100ms")).start()
    answers = {b"01RD\r": b"T=21.5 H=40\r\n", b"02RD\r": b"T=20.5 H=41\r\n", b"#03\r": b">+063.50\r\n", b":04?\r": b"FFF600C8\r\n"}
    done = threading.Event()

    def answer() -> None:
        with Device(wire) as device:
            while not done.is_set():
                device.send(answers[device.receive(b"\r")])

    thread = threading.Thread(target=answer)
    thread.start()
    expected = {
        "hall.north.temperature": 21.5, "hall.north.humidity": 40, "hall.south.temperature": 20.5, "hall.south.humidity": 41,
        "hall.boiler.temperature": 63.5, "hall.pump.temperature": -1, "hall.pump.flow": 2}  # fmt: skip
    try:
        wait_until("each is understood", lambda: {key: row["value"] for key, row in one.latest("*").items()} == expected)
        told = one.input("hall").get("counters", {})
        assert not any(name.startswith("payload.") for name in told), told
    finally:
        done.set()
        thread.join(20)
    assert not thread.is_alive()


def test_silence_is_said(daemon, wire):
    one = daemon(config(wire, f"silence: 1s, {SCALE}")).start()
    with Device(wire) as device:
        show(one, device, b"W 1 kg\r\n", "scale.weight", 1)
        wait_until("its value is bad", lambda: one.latest("*")["scale.weight"]["quality"] == "bad")
        wait_until("it goes on saying so", lambda: counters(one).get("silence.found", 0) >= 2)
        assert "no good message" in one.log()
        show(one, device, b"W 2 kg\r\n", "scale.weight", 2)
