"""`telltale top` in a terminal, which is as it was when it ends."""
import contextlib
import os
import pty
import select
import subprocess
import termios
import time

import pytest
from harness import SLOWNESS, TELLTALE

CONFIG = "device: {name: press-7}\ninputs: [{id: sim, plugin: simulator}]\n"


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def read_until(file: int, text: bytes, seconds: float = 10) -> bytes:
    seen, deadline = b"", time.monotonic() + seconds * SLOWNESS
    while text not in seen:
        assert select.select([file], [], [], max(0, deadline - time.monotonic()))[0], f"no {text} in {seen!r}"
        seen += os.read(file, 65_536)
    return seen


@contextlib.contextmanager
def top(one, terminal, *arguments: str):
    command = [str(TELLTALE), "--run", str(one.run_dir), "top", *arguments]
    process = subprocess.Popen(command, stdin=terminal[1], stdout=terminal[1], env=one.environment() | {"TERM": "xterm"})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("key", [b"q", b"\x03"], ids=["q", "Ctrl-C"])
def test_it_shows_the_device_until_a_key_and_leaves_the_terminal_as_it_was(daemon, terminal, key):
    one = daemon(CONFIG).start()
    name = next(iter(one.wait_for_series("*"))).encode()
    before = termios.tcgetattr(terminal[1])
    with top(one, terminal, "--every", "200ms") as process:
        seen = read_until(terminal[0], name)
        assert seen.startswith(b"\x1b[?1049h") and b"press-7" in seen
        read_until(terminal[0], b"\x1b[1m" + name[:4])  # a value has changed
        os.write(terminal[0], key) if key == b"q" else process.send_signal(2)
        read_until(terminal[0], b"\x1b[?1049l")
        assert process.wait(5 * SLOWNESS) == 0
    assert termios.tcgetattr(terminal[1]) == before


def test_a_daemon_that_is_gone_is_told_and_found_again(daemon, terminal):
    one = daemon(CONFIG).start()
    one.wait_for_series("*")
    with top(one, terminal, "--every", "200ms") as process:
        read_until(terminal[0], b"press-7")
        one.kill()
        read_until(terminal[0], b"trying again")
        one.start()
        read_until(terminal[0], b"health     ok")
        os.write(terminal[0], b"q")
        read_until(terminal[0], b"\x1b[?1049l")
        process.wait(5 * SLOWNESS)


def test_in_a_pipe_it_is_one_look_in_plain_lines(daemon):
    one = daemon(CONFIG).start()
    name = next(iter(one.wait_for_series("*")))
    shown = one.tool("top").stdout
    assert name in shown and "press-7" in shown and "\x1b" not in shown
    assert one.tool("top", "--every", "5", check=False).returncode == 2
