"""A Modbus slave that keeps count, for the section modbus: `modbus_slave.py tcp PORT` answers at once; `modbus_slave.py rtu TTY
BAUD [DEAD…]` takes as long as the bytes would take on a line of that speed. Prints "ready"; on each line of its input it prints
what happened since the one before, as JSON."""
import contextlib
import json
import os
import select
import socket
import struct
import sys
import threading
import time
import tty

BITS = 11  # of a character: start, 8 data, parity or second stop, stop


def crc16(data: bytes) -> bytes:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


class Counted:
    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.requests = self.registers = 0
        self.wire = self.lost = 0.0
        self.arrivals: list[float] = []
        self.since = time.monotonic()

    def waited(self, seconds: float) -> None:
        """So long the line was taken by a request that nobody answers."""
        with self.lock:
            self.lost += seconds

    def add(self, registers: int, wire: float, at: float) -> None:
        with self.lock:
            self.requests += 1
            self.registers += registers
            self.wire += wire
            if len(self.arrivals) < 100_000:
                self.arrivals.append(at)

    def take(self) -> dict:
        with self.lock:
            said = {"requests": self.requests, "registers": self.registers, "wire": self.wire, "lost": self.lost,
                    "seconds": time.monotonic() - self.since, "arrivals": self.arrivals}  # fmt: skip
            self.reset()
            return said


COUNTED = Counted()


def serve_tcp(port: int) -> None:
    replies: dict[bytes, tuple[bytes, int]] = {}
    with socket.create_server(("127.0.0.1", port)) as server:
        print("ready", flush=True)
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection, contextlib.suppress(ConnectionError):  # the daemon ends while something is under way
                while data := connection.recv(12, socket.MSG_WAITALL):
                    at = time.monotonic()
                    asked = data[6:12]
                    if asked not in replies:
                        unit, function, first, count = struct.unpack(">BBHH", asked)
                        body = struct.pack(f">BBB{count}H", unit, function, 2 * count, *((first + i) & 0xFFFF for i in range(count)))
                        replies[asked] = (struct.pack(">HH", 0, len(body)) + body, count)
                    reply, count = replies[asked]
                    connection.sendall(data[:2] + reply)
                    COUNTED.add(count, 0, at)


def serve_rtu(place: str, baud: int, dead: set[int]) -> None:
    fd = os.open(place, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(fd)
    replies: dict[bytes, bytes] = {}
    print("ready", flush=True)
    buffer = b""
    waits_since = None  # the last request was to a dead unit
    while True:
        if not select.select([fd], [], [], 0.05)[0]:
            buffer = b""
            continue
        at = time.monotonic()
        buffer += os.read(fd, 256)
        while len(buffer) >= 8 and crc16(buffer[:6]) != buffer[6:8]:
            buffer = buffer[1:]
        if len(buffer) < 8:
            continue
        asked, buffer = buffer[:6], buffer[8:]
        if waits_since is not None:
            COUNTED.waited(at - waits_since)
        waits_since = at if asked[0] in dead else None
        if waits_since is not None:
            continue
        unit, function, first, count = struct.unpack(">BBHH", asked)
        if asked not in replies:
            body = struct.pack(f">BBB{count}H", unit, function, 2 * count, *((first + i) & 0xFFFF for i in range(count)))
            replies[asked] = body + crc16(body)
        wire = (8 + len(replies[asked])) * BITS / baud
        time.sleep(max(0.0, at + wire - time.monotonic()))
        os.write(fd, replies[asked])
        COUNTED.add(count, wire, at)


def main() -> None:
    kind, place, *more = sys.argv[1:]
    arguments = (int(place),) if kind == "tcp" else (place, int(more[0]), {int(unit) for unit in more[1:]})
    threading.Thread(target=serve_tcp if kind == "tcp" else serve_rtu, args=arguments, daemon=True).start()
    for _ in sys.stdin:
        print(json.dumps(COUNTED.take()), flush=True)


if __name__ == "__main__":
    main()
