"""A WebSocket down to its frames (RFC 6455): for tests of what libraries hide, such as bits, sizes and lies."""
import os
import socket
import struct

from harness import SLOWNESS


class RawWebSocket:
    """`extensions` and `subprotocol` are sent as they are. Frames are (first byte, payload as it came)."""

    def __init__(self, port: int, extensions: str = "", subprotocol: str = "telltale.json.v1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15 * SLOWNESS)
        self.buffer = b""
        fields = ["GET /api/v1/live HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        fields += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Sec-WebSocket-Protocol: {subprotocol}"]
        fields += [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
        self.socket.sendall("\r\n".join([*fields, "", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        assert lines[0].startswith("HTTP/1.1 101"), head
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}

    def _fill(self) -> None:
        part = self.socket.recv(65536)
        if not part:
            raise EOFError
        self.buffer += part

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def send(self, payload: bytes, first: int = 0x81) -> None:
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length) if length < 65536 else b"\xff" + struct.pack(">Q", length)
        key = (mask * (length // 4 + 1))[:length]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
        self.socket.sendall(bytes([first]) + size + mask + masked)

    def frame(self) -> tuple[int, bytes]:
        first, length = self._take(2)
        assert length < 128, "the server masks nothing"
        if length == 126:
            length = int.from_bytes(self._take(2), "big")
        elif length == 127:
            length = int.from_bytes(self._take(8), "big")
        return first, self._take(length)

    def message(self) -> tuple[int, bytes]:
        """The next message, its frames joined; pings are left out."""
        first, payload = self.frame()
        while first & 0x0F == 0x9:
            first, payload = self.frame()
        whole = first
        while not whole & 0x80:
            whole, more = self.frame()
            payload += more
        return first | 0x80, payload

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "RawWebSocket":
        return self

    def __exit__(self, *_) -> None:
        self.close()
