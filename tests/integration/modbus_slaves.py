"""Modbus slaves for the tests: a real one (pymodbus), and a hostile one written here.

    python3 modbus_slaves.py pymodbus tcp PORT | rtu TTY
    python3 modbus_slaves.py hostile  tcp PORT | rtu TTY SEED

The hostile one answers one request in twenty wrongly. Its registers tell what they are: an even address holds a number
made of unit and address, an odd one the number of the request modulo 2^16, so that an old reply shows.
"""
import os
import pathlib
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

BAUD = 115200  # a pty has no speed; this keeps the pauses short


def crc16(data: bytes) -> bytes:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def content(unit: int, address: int) -> int:
    """What an even address of the hostile slave holds."""
    return (address * 251 + unit * 17) & 0xFFFF


# A real slave ---------------------------------------------------------------------------------------------------------
def run_pymodbus(kind: str, place: str) -> None:
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
    from pymodbus.framer.rtu_framer import ModbusRtuFramer
    from pymodbus.server import StartSerialServer, StartTcpServer

    holding = {address: 0 for address in range(100, 140)} | {address: address for address in range(200, 240)}
    del holding[220]  # a hole
    holding |= {100: 213, 101: 0xFF38, 102: 0x4148, 103: 0, 104: 0x0000, 105: 0x4148, 106: 0x8000, 107: 0b1010_0000_0000_0101}
    holding |= {110 + i: word for i, word in enumerate(struct.unpack(">4H", struct.pack(">d", 12.5)))}
    holding |= {114 + i: word for i, word in enumerate(struct.unpack(">4H", b"SDM-12\0\0"))}

    def slave():
        return ModbusSlaveContext(
            di=ModbusSequentialDataBlock(0, [1, 0, 1, 1] * 8), co=ModbusSequentialDataBlock(0, [0, 1] * 16),
            ir=ModbusSequentialDataBlock(0, list(range(300, 420))), hr=ModbusSparseDataBlock(dict(holding)), zero_mode=True)

    context = ModbusServerContext(slaves={1: slave(), 2: slave(), 3: slave()}, single=False)
    if kind == "tcp":
        StartTcpServer(context=context, address=("127.0.0.1", int(place)), ignore_missing_slaves=True)
    else:
        StartSerialServer(context=context, framer=ModbusRtuFramer, port=place, baudrate=BAUD, timeout=0.005,
                          ignore_missing_slaves=True)


# A hostile one --------------------------------------------------------------------------------------------------------
MISCHIEF = ("late", "doubled", "torn", "torn-then-rest", "queued", "lost", "bad-checksum", "foreign", "slow", "exception")


class Hostile:
    def __init__(self, kind: str, seed: int):
        self.is_tcp = kind == "tcp"
        self.random = random.Random(seed)
        self.serial = 0
        self.later: list[tuple[float, bytes]] = []  # (when, bytes)
        self.queued: list[bytes] = []
        self.dead: set[int] = set()

    def frame(self, head: bytes, unit: int, pdu: bytes) -> bytes:
        if self.is_tcp:
            return head[:4] + struct.pack(">HB", len(pdu) + 1, unit) + pdu
        return bytes([unit]) + pdu + crc16(bytes([unit]) + pdu)

    def answer(self, head: bytes, unit: int, pdu: bytes, send) -> None:
        function, address, count = struct.unpack(">BHH", pdu[:5])
        if unit > 8:
            return
        self.serial += 1
        if function not in (3, 4) or not 1 <= count <= 125 or address + count > 1200:
            send(self.frame(head, unit, bytes([function | 0x80, 2 if function in (3, 4) else 1])))
            return
        words = [self.serial & 0xFFFF if i % 2 else content(unit, i) for i in range(address, address + count)]
        reply = self.frame(head, unit, struct.pack(f">BB{count}H", function, count * 2, *words))
        for queued in self.queued:
            send(queued)
        self.queued.clear()
        how = self.random.choice(MISCHIEF) if self.random.random() < 0.05 else "well"
        cut = self.random.randrange(1, len(reply))
        if how == "late":
            self.later.append((time.monotonic() + 0.05 + self.random.random() * 0.3, reply))
        elif how == "doubled":
            send(reply)
            send(reply)
        elif how == "torn":
            send(reply[:cut])
        elif how == "torn-then-rest":
            send(reply[:cut])
            self.later.append((time.monotonic() + self.random.random() * 0.2, reply[cut:]))
        elif how == "queued":
            self.queued.append(reply)
        elif how == "bad-checksum" and not self.is_tcp:
            bad = bytearray(reply)
            bad[self.random.randrange(len(bad))] ^= self.random.randrange(1, 256)
            send(bytes(bad))
        elif how == "foreign":
            send(self.frame(head, 77, struct.pack(f">BB{count}H", function, count * 2, *words)))
            send(reply)
        elif how == "slow":
            for i in range(0, len(reply), 4):
                send(reply[i:i + 4])
                time.sleep(0.002)
        elif how == "exception":
            send(self.frame(head, unit, bytes([function | 0x80, 6])))
        elif how != "lost" and how != "bad-checksum":
            send(reply)

    def serve(self, fd: int) -> None:
        """Until the other side is gone."""
        buffer = b""

        def send(data: bytes) -> None:
            while data:
                data = data[os.write(fd, data):]

        while True:
            now = time.monotonic()
            for when, data in [item for item in self.later if item[0] <= now]:
                self.later.remove((when, data))
                send(data)
            wait = max(0.0, min((when for when, _ in self.later), default=now + 0.2) - now)
            if not select.select([fd], [], [], wait)[0]:
                if not self.is_tcp and wait > 0.1:
                    buffer = b""  # silence ends a frame
                continue
            data = os.read(fd, 4096)
            if not data:
                return
            buffer += data
            buffer = self.take_tcp(buffer, send) if self.is_tcp else self.take_rtu(buffer, send)

    def take_tcp(self, buffer: bytes, send) -> bytes:
        while len(buffer) >= 6 and len(buffer) >= 6 + struct.unpack(">H", buffer[4:6])[0]:
            size = 6 + struct.unpack(">H", buffer[4:6])[0]
            self.answer(buffer[:6], buffer[6], buffer[7:size], send)
            buffer = buffer[size:]
        return buffer

    def take_rtu(self, buffer: bytes, send) -> bytes:
        while len(buffer) >= 8:
            if crc16(buffer[:6]) == buffer[6:8]:
                self.answer(b"", buffer[0], buffer[1:6], send)
                buffer = buffer[8:]
            else:
                buffer = buffer[1:]
        return buffer


def run_hostile(kind: str, place: str, seed: str) -> None:
    hostile = Hostile(kind, int(seed))
    if kind == "rtu":
        import tty

        fd = os.open(place, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(fd)
        hostile.serve(fd)
        return
    with socket.create_server(("127.0.0.1", int(place))) as server:
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            hostile.later.clear()
            hostile.queued.clear()
            try:
                with connection:
                    hostile.serve(connection.fileno())
            except OSError:
                pass


# For tests ------------------------------------------------------------------------------------------------------------
class Slave:
    """A slave in a process of its own."""

    def __init__(self, *arguments: str):
        self.arguments = arguments
        self.process: subprocess.Popen | None = None
        self.log = tempfile.TemporaryFile()

    def start(self) -> "Slave":
        command = [sys.executable, __file__, *self.arguments]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        return self

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


class Wire:
    """Two pseudo-terminals that socat joins: a serial line without a speed."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="telltale-wire-"))
        self.here, self.there = self.home / "here", self.home / "there"
        self.process: subprocess.Popen | None = None

    def plug_in(self) -> "Wire":
        ends = [f"pty,raw,echo=0,link={end}" for end in (self.here, self.there)]
        self.process = subprocess.Popen(["socat", *ends])
        deadline = time.monotonic() + 20
        while not (self.here.exists() and self.there.exists()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError("socat made no pseudo-terminals")
            time.sleep(0.01)
        return self

    def unplug(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def clean_up(self) -> None:
        self.unplug()
        for end in (self.here, self.there):
            end.unlink(missing_ok=True)
        self.home.rmdir()


if __name__ == "__main__":
    {"pymodbus": run_pymodbus, "hostile": run_hostile}[sys.argv[1]](*sys.argv[2:])
