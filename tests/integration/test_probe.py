"""`telltale probe`: finds what is on a bus, without a daemon, in a confined process that may crash or hang."""
import json
import signal
import subprocess
import time

import pytest
import yaml
from harness import BUILD, SLOWNESS, TELLTALE, free_port, wait_until
from modbus_slaves import Slave, Wire
from test_modbus import listens

ZOO = BUILD / "tests/badplugins"


def probe(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(TELLTALE), "probe", *map(str, arguments)], capture_output=True, text=True, timeout=60 * SLOWNESS)


@pytest.fixture
def tcp_slave():
    port = free_port()
    one = Slave("pymodbus", "tcp", str(port)).start()
    try:
        wait_until("the slave listens", lambda: listens(port), 20)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        one.stop()


def test_finds_units_and_shows_every_decoding(tcp_slave):
    done = probe("modbus", tcp_slave, "units=1-5", "address=102", "count=4", "--json")
    assert done.returncode == 0, done.stderr
    findings = json.loads(done.stdout)
    assert [item["title"] for item in findings] == [f"unit {unit} answers" for unit in (1, 2, 3)]
    assert all(item["confidence"] == 100 for item in findings)
    assert "float32 12.5" in findings[0]["detail"] and "float32 word_swap 12.5" in findings[0]["detail"]


def test_what_it_prints_can_be_pasted(tcp_slave, daemon):
    done = probe("modbus", tcp_slave, "units=2", "address=104", "count=2")
    assert done.returncode == 0, done.stderr
    text = "inputs:\n" + done.stdout[done.stdout.index("  - id:"):]
    inputs = yaml.safe_load(text)["inputs"]
    assert inputs[0]["options"]["devices"][0]["unit"] == 2
    one = daemon(text).start()
    assert one.wait_for_series("holding104", 20)["holding104"]["value"] == 12.5


def test_asks_for_less_where_there_is_less(tcp_slave):
    done = probe("modbus", tcp_slave, "units=1", "address=219", "count=8", "--json")
    assert done.returncode == 0, done.stderr
    (finding,) = json.loads(done.stdout)
    assert "219" in finding["detail"] and "220" not in finding["detail"], "220 is a hole"


def test_finds_speed_parity_and_unit_of_a_serial_line():
    wire = Wire().plug_in()
    slave = Slave("pymodbus", "rtu", str(wire.there)).start()
    try:
        # A pair of pseudo-terminals has no speed: the first that is tried is right once the slave is there.
        def look():
            done = probe("modbus", f"rtu://{wire.here}", "units=3,9", "bauds=115200", "address=100", "count=1", "--json")
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        wait_until("unit 3 answers", look, 20)
        findings = look()
        assert [item["title"] for item in findings] == ["unit 3 answers at 115200 baud, parity none"]
        assert yaml.safe_load(findings[0]["options"])["url"] == f"rtu://{wire.here}?baud=115200"
    finally:
        slave.stop()
        wire.clean_up()


def test_says_why_it_could_not_look():
    done = probe("modbus", "tcp://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "connection refused by 127.0.0.1:1" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["modbus"], "'url' is missing"),
        (["modbus", "tcp://x", "unit=3"], "did you mean 'units'"),
        (["modbus", "tcp://x", "tcp://y"], "was given already"),
        (["modbus", "http://x"], "url"),
        (["linux"], "these can: "),
        (["modbus", "tcp://x", "--deadline", "soon"], "--deadline"),
        ([], "PLUGIN"),
    ],
)
def test_a_mistake_is_a_usage_error(arguments, said):
    done = probe(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_probe_that_hangs_is_ended_and_what_it_found_is_kept():
    begin = time.monotonic()
    done = probe("deaf_probe", "--plugins", ZOO, "--deadline", "300ms", "--json")
    assert done.returncode == 1
    assert "did not end when it was asked to" in done.stderr
    assert isinstance(json.loads(done.stdout), list)
    assert time.monotonic() - begin < 20 * SLOWNESS


def test_interrupted_it_says_so(tcp_slave):
    # Unit 100 and those after it never answer: each takes its whole time-out.
    command = [str(TELLTALE), "probe", "modbus", tcp_slave, "units=1,100-200", "timeout=500ms", "count=0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "unit 1 answers" in process.stdout.readline(), "told as soon as it is found"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30 * SLOWNESS)
    assert process.returncode == 0
    assert "interrupted: not all was tried" in errors
