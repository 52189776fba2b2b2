"""Export and import: what went out comes in again, bit for bit; other people's files come in; hostile ones do no harm."""
import gzip
import json
import random
import signal
import sqlite3
import struct
import subprocess
import time

import pytest
from harness import TELLTALE, wait_until

CONFIG = "device: {name: press-7}\nstorage: {raw: 36000d}\ninputs: []\n"
BEGIN = 1_700_000_000


def put(daemon, lines) -> None:
    answer = daemon.request("POST", "/api/v1/write?durable=1", "\n".join(lines))
    assert answer.status == 204, answer.text


def imported(daemon, *arguments: str, code: int = 0) -> dict:
    done = daemon.tool("import", *map(str, arguments), "--json", check=False)
    assert done.returncode == code, f"{done.returncode}: {done.stdout} {done.stderr}"
    return json.loads(done.stdout)


def exported(daemon, form: str = "csv", glob: str = "*") -> list[str]:
    return sorted(daemon.tool("export", glob, "--format", form, "--time", "ns").stdout.splitlines())


def one_value(number: random.Random) -> str:
    while True:
        value = struct.unpack("<d", number.randbytes(8))[0]
        if value - value == 0:  # finite
            return repr(value)


@pytest.mark.parametrize("form", ["csv", "lines"])
def test_what_is_exported_comes_in_again_bit_for_bit(daemon, form, tmp_path):
    one, two = daemon(CONFIG).start(), daemon(CONFIG).start()
    number = random.Random(5)
    for batch in range(5):
        put(one, [f"m\\ x,room=a\\ b\\,c,n={i % 7} value={one_value(number)} {BEGIN * 10**9 + (batch * 4000 + i) * 1_000_003}"
                  for i in range(4000)])
    put(one, ['note text="said \\"so\\", and\nwent on" 1700000000000000001', 'note text="back\\\\slash" 1700000000000000002'])
    file = tmp_path / f"out.{form}"
    one.tool("export", "*", "--format", form, "--time", "ns", "-o", str(file))
    assert one.tool("export", "*", "-o", str(file), check=False).returncode == 1, "it is not written over"
    packed = tmp_path / "out.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()[:1000]) + gzip.compress(file.read_bytes()[1000:]))
    report = imported(two, packed)
    assert (report["readings"], report["bad"]) == (20_002, 0)
    assert exported(two) == exported(one)
    # A second time changes nothing.
    imported(two, packed)
    assert exported(two) == exported(one)


def test_export_takes_a_span_and_every_format(daemon):
    one = daemon(CONFIG).start()
    put(one, [f"a value={i} {(BEGIN + i) * 10**9}" for i in range(100)] + [f"b value={i} {(BEGIN + i) * 10**9}" for i in range(100)])
    out = one.tool("export", "a", "--from", str((BEGIN + 10) * 1000), "--to", str((BEGIN + 20) * 1000)).stdout
    assert out.splitlines()[:2] == ["key,t,value", f"a,{(BEGIN + 10) * 1000},10"] and len(out.splitlines()) == 11
    lines = one.tool("export", "a", "b", "--format", "lines").stdout.splitlines()
    assert len(lines) == 200 and f"b value=7 {(BEGIN + 7) * 10**9}" in lines
    row = json.loads(one.tool("export", "a", "--format", "ndjson", "--time", "rfc3339").stdout.splitlines()[0])
    assert row == {"key": "a", "t": "2023-11-14T22:13:20.000Z", "value": 0}
    assert one.tool("export", "a", "--from", "now-1h").stdout.splitlines() == ["key,t,value"], "of nothing, too"
    assert one.tool("export", "nothing.*", check=False).returncode == 1
    assert one.tool("export", "a", "--from", "yesterday", check=False).returncode == 2


def test_csv_of_other_programs(daemon, tmp_path):
    one = daemon(CONFIG).start()
    german = tmp_path / "halle.csv"
    german.write_text('Zeit;Öl [°C];"Druck (bar)";Zustand\n15.11.2023 00:00:00;1.021,5;-0,25;an\n'
                      "15.11.2023 00:01:00;;3;aus\n15.11.2023 00:02:00;7;NaN;aus\n", encoding="utf-8")
    arguments = [german, "--time", "Zeit", "--time-format", "%d.%m.%Y %H:%M:%S", "--tz", "Europe/Berlin",
                 "--decimal-comma", "--prefix", "hall.", "--label", "site=hall-2", "--kind", "Zustand=state"]
    dry = imported(one, *arguments, "--dry-run")
    assert dry["dry_run"] and dry["readings"] == 7 and dry["empty"] == 2 and dry["bad"] == 0
    assert one.get("/api/v1/series") == [], "a dry run changes nothing"
    imported(one, *arguments)
    series = {item["key"]: item for item in one.get("/api/v1/series")}
    assert series['hall.Öl{site="hall-2"}']["unit"] == "°C" and series['hall.Druck{site="hall-2"}']["unit"] == "bar"
    assert series['hall.Zustand{site="hall-2"}']["kind"] == "state"
    begin = 1_700_002_800_000  # midnight in Berlin
    assert one.raw("hall.Öl", str(begin)) == [[begin, 1021.5], [begin + 120_000, 7]]
    assert [value for _, value in one.raw("hall.Zustand", str(begin))] == ["an", "aus", "aus"]

    influx = tmp_path / "influx.csv"
    influx.write_text("name,time,state\nx.temp,2023-11-14T22:13:20.5Z,1\nx.temp,2023-11-14 22:13:21,2\nx.temp,1700000002.25,3\n")
    imported(one, influx, "--rename", "x.temp=y.temp", "--unit", "x.*=K")
    assert one.raw("y.temp", "0") == [[1700000000500, 1], [1700000001000, 2], [1700000002250, 3]]
    assert next(item for item in one.get("/api/v1/series") if item["key"] == "y.temp")["unit"] == "K"


def test_what_is_posted_to_a_series_of_an_input_leaves_it_that_inputs(daemon, tmp_path):
    one = daemon("storage: {raw: 36000d}\ninputs:\n  - id: sim\n    plugin: simulator\n    options: {waves: [{name: wave, period: 1s, unit: V}]}\n").start()
    one.wait_for_series("wave")
    before = next(item for item in one.get("/api/v1/series") if item["key"] == "wave")
    file = tmp_path / "past.csv"
    file.write_text("key,t,value\nwave,1600000000000,5\n")
    imported(one, file)
    after = next(item for item in one.get("/api/v1/series") if item["key"] == "wave")
    assert (after["input"], after["unit"], after["kind"]) == (before["input"], before["unit"], before["kind"])
    assert after["first"] == 1600000000000


def home_assistant(path, new: bool) -> None:
    """The tables of Home Assistant's recorder: schema 41 and later, or schema 25 and before."""
    with sqlite3.connect(path) as db:
        if new:
            db.executescript("""
                CREATE TABLE states_meta(metadata_id INTEGER PRIMARY KEY, entity_id VARCHAR(255));
                CREATE TABLE state_attributes(attributes_id INTEGER PRIMARY KEY, hash BIGINT, shared_attrs TEXT);
                CREATE TABLE states(state_id INTEGER PRIMARY KEY, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0),
                  event_id SMALLINT, last_changed CHAR(0), last_changed_ts FLOAT, last_updated CHAR(0), last_updated_ts FLOAT,
                  old_state_id INTEGER, attributes_id INTEGER, metadata_id INTEGER);
                CREATE TABLE statistics_meta(id INTEGER PRIMARY KEY, statistic_id VARCHAR(255), source VARCHAR(32),
                  unit_of_measurement VARCHAR(255), has_mean BOOLEAN, has_sum BOOLEAN, name VARCHAR(255));
                CREATE TABLE statistics(id INTEGER PRIMARY KEY, created CHAR(0), created_ts FLOAT, metadata_id INTEGER,
                  start CHAR(0), start_ts FLOAT, mean FLOAT, min FLOAT, max FLOAT, last_reset CHAR(0), last_reset_ts FLOAT,
                  state FLOAT, sum FLOAT);
                CREATE TABLE statistics_short_term AS SELECT * FROM statistics WHERE 0;
                INSERT INTO states_meta VALUES(1, 'sensor.oil_temperature'), (2, 'switch.pump'), (3, 'sensor.energy');
                INSERT INTO state_attributes VALUES(1, 0, '{"unit_of_measurement":"°C","state_class":"measurement"}'),
                  (2, 0, '{"friendly_name":"Pump"}'), (3, 0, '{"unit_of_measurement":"kWh","state_class":"total_increasing"}'),
                  (4, 0, 'no json');
                INSERT INTO statistics_meta VALUES(1, 'sensor.oil_temperature', 'recorder', '°C', 1, 0, NULL),
                  (2, 'sensor.energy', 'recorder', 'kWh', 0, 1, NULL);
                """)
            rows = [(1, "21.5", 0.123456, 1), (2, "on", 1.0, 2), (1, "unavailable", 2.0, 1), (3, "100.25", 3.0, 3),
                    (2, "off", 4.0, 4), (1, "22", 5.5, 1), (1, "nan", 6, 1), (1, None, 7, 1), (9, "1", 8, 1)]
            for meta, state, after, attributes in rows:
                db.execute("INSERT INTO states(metadata_id, state, last_updated_ts, attributes_id) VALUES(?,?,?,?)",
                           (meta, state, BEGIN + after, attributes))
            db.execute("INSERT INTO statistics(metadata_id, start_ts, mean, min, max) VALUES(1, ?, 20.5, 19, 22)", (BEGIN - 3600,))
            db.execute("INSERT INTO statistics(metadata_id, start_ts, state, sum) VALUES(2, ?, 99, 12.5)", (BEGIN - 3600,))
        else:
            db.executescript("""
                CREATE TABLE states(state_id INTEGER PRIMARY KEY, domain VARCHAR(64), entity_id VARCHAR(255), state VARCHAR(255),
                  attributes TEXT, event_id INTEGER, last_changed DATETIME, last_updated DATETIME, created DATETIME,
                  old_state_id INTEGER);
                CREATE TABLE statistics_meta(id INTEGER PRIMARY KEY, statistic_id VARCHAR(255), source VARCHAR(32),
                  unit_of_measurement VARCHAR(255), has_mean BOOLEAN, has_sum BOOLEAN);
                CREATE TABLE statistics(id INTEGER PRIMARY KEY, created DATETIME, metadata_id INTEGER, start DATETIME,
                  mean FLOAT, min FLOAT, max FLOAT, last_reset DATETIME, state FLOAT, sum FLOAT);
                INSERT INTO statistics_meta VALUES(1, 'sensor.oil_temperature', 'recorder', '°C', 1, 0);
                INSERT INTO statistics(metadata_id, start, mean, min, max)
                  VALUES(1, '2023-11-14 21:00:00.000000', 20.5, 19, 22);
                INSERT INTO states(entity_id, state, attributes, last_updated) VALUES
                  ('sensor.oil_temperature', '21.5', '{"unit_of_measurement":"°C"}', '2023-11-14 22:13:20.123456'),
                  ('switch.pump', 'on', '{}', '2023-11-14 22:13:21.000000'),
                  ('switch.pump', 'unknown', '{}', '2023-11-14 22:13:22.000000'),
                  ('sensor.oil_temperature', '22', '{"unit_of_measurement":"°C"}', '2023-11-14 22:13:25.500000'),
                  ('sensor.broken', '1', '{}', 'yesterday');
                """)


def test_home_assistant_of_today(daemon, tmp_path):
    one = daemon(CONFIG).start()
    file = tmp_path / "home-assistant_v2.db"
    home_assistant(file, new=True)
    before = file.read_bytes()
    dry = imported(one, file, "--dry-run", code=1)
    report = imported(one, file, code=1)
    assert {key: report[key] for key in ("format", "readings", "empty", "bad")} == {
        "format": "home-assistant", "readings": 10, "empty": 2, "bad": 2} and dry["readings"] == 10
    assert report["problems"] == ["states 7: its state is no finite number", "states 9: it has no entity"]
    series = {item["key"]: item for item in one.get("/api/v1/series")}
    assert (series["sensor.oil_temperature"]["unit"], series["sensor.oil_temperature"]["kind"]) == ("°C", "gauge")
    assert (series["sensor.energy"]["unit"], series["sensor.energy"]["kind"]) == ("kWh", "counter")
    assert series["switch.pump"]["kind"] == "state"
    out = exported(one)
    assert f"sensor.oil_temperature,{BEGIN}123456000,21.5" in out, "to the microsecond"
    assert [row[1] for row in one.raw("switch.pump", "0")] == ["on", "off"]
    assert f'"sensor.oil_temperature{{statistic=""mean""}}",{BEGIN - 3600}000000000,20.5' in out
    assert series['sensor.energy{statistic="sum"}']["kind"] == "counter"
    assert file.read_bytes() == before, "the file of others is only read"


def test_home_assistant_of_old(daemon, tmp_path):
    one = daemon(CONFIG).start()
    file = tmp_path / "old.db"
    home_assistant(file, new=False)
    report = imported(one, file, "--what", "states", code=1)
    assert (report["readings"], report["empty"], report["bad"]) == (3, 1, 1)
    assert f"sensor.oil_temperature,{BEGIN}123456000,21.5" in exported(one)
    assert imported(one, file, "--what", "statistics", "--only", "sensor.*")["readings"] == 3
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t(a)")
    assert one.tool("import", str(other), check=False).returncode == 2


HOSTILE = {
    "nan": (b"key,t,value\na,1,inf\na,2,1e999\na,3,nan\na,4,5\n", 1, 2),
    "columns": (b"key,t,value\na,1\na,1,2,3,4\na,4,5\n\n", 1, 2),
    "times": (b"key,t,value\na,yesterday,1\na,99999999999999999999999,1\na,2023-13-01,1\na,4,5\n", 1, 3),
    "utf8": (b"key,t,value\na\xff\xfe,1,1\na\x00b,1,1\n{,1,1\na,4,5\n", 1, 3),
    "huge line": (b"key,t,value\n" + b"x" * 300_000 + b"\na,4,5\n", 1, 1),
    "open quote": (b'key,t,value\n"a,1,1\na,4,5\n', 1, 1),
    "binary": (b"key,t\n" + bytes(range(256)) * 40, 0, None),
    "lines": (b"m value=1 1\nm value=\nm value=2 2\n =\nm value=3\nm,a= value=1 4\nm value=NaN 5\n", 2, 5),
    "many": (b"key,t,value\n" + b"a,x,1\n" * 5000 + b"a,4,5\n", 1, 5000),
    "cut gzip": (gzip.compress(b"key,t,value\n" + b"".join(b"a,%d,5\n" % i for i in range(50_000)))[:-2000], None, None),
    "bad gzip": (gzip.compress(b"key,t,value\na,4,5\n")[:-6] + b"\x00\x00\x00\x00\x00\x00", 1, 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_themselves_alone(daemon, tmp_path, name):
    data, good, bad = HOSTILE[name]
    one = daemon(CONFIG).start()
    file = tmp_path / "hostile"
    file.write_bytes(data)
    done = one.tool("import", str(file), "--json", check=False)
    assert done.returncode in (1, 2), done
    if done.returncode == 1 and done.stdout:
        report = json.loads(done.stdout)
        assert good is None or report["readings"] == good
        assert bad is None or report["bad"] == bad, report
        assert len(report["problems"]) <= 100
        assert all(problem.startswith(("line ", "the file: ")) for problem in report["problems"]), report["problems"]
        assert name != "cut gzip" or 0 < report["readings"] < 50_000
    assert one.is_ready()


def test_a_pipe_and_words_that_make_no_sense(daemon, tmp_path):
    one = daemon(CONFIG).start()
    command = [str(TELLTALE), "--run", str(one.run_dir), "import", "-", "--format", "csv"]
    done = subprocess.run(command, input="key,t,value\na,1700000000000,5\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and one.raw("a", "0") == [[1700000000000, 5]]
    file = tmp_path / "a.csv"
    file.write_text("key,t,value\na,1700000000000,5\n")
    for wrong in (["--kind", "a=nothing"], ["--label", "x"], ["--tz", "Mars/Base"], ["--time-format", "week"],
                  ["--time", "none"], ["--only", "{"], ["--from", "x"], ["--delimiter", ";;"]):
        done = one.tool("import", str(file), *wrong, check=False)
        assert done.returncode in (1, 2) and done.stderr, wrong
    assert one.tool("import", str(tmp_path / "none.csv"), check=False).returncode == 1


def test_an_import_that_was_interrupted_goes_on_where_it_was(daemon, tmp_path):
    one = daemon(CONFIG).start()
    file = tmp_path / "long.csv"
    rows = 400_000
    with file.open("w") as out:
        out.write("key,t,value\n")
        out.writelines(f"s{i % 10},{BEGIN * 1000 + i * 10},{i}\n" for i in range(rows))
    command = [str(TELLTALE), "--run", str(one.run_dir), "import", str(file), "--json"]
    state = one.home / ".local/state/telltale/import"
    running = subprocess.Popen(command, env=one.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until("it has posted something", lambda: list(state.glob("[0-9a-f]*")) or running.poll() is not None, 60)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    stored = one.get("/api/v1/storage")["samples"]
    assert 0 < stored < rows
    again = subprocess.run(command, env=one.environment(), capture_output=True, text=True, timeout=280)
    report = json.loads(again.stdout)
    assert again.returncode == 0 and report["resumed"] > 0 and report["resumed"] + report["readings"] == rows
    assert "going on behind" in again.stderr and not list(state.glob("[0-9a-f]*"))
    assert one.get("/api/v1/storage")["samples"] >= rows
    assert len(one.tool("export", "s3").stdout.splitlines()) == rows // 10 + 1


def test_a_daemon_that_restarts_meanwhile_loses_nothing(daemon, tmp_path):
    one = daemon(CONFIG).start()
    file = tmp_path / "long.csv"
    rows = 300_000
    with file.open("w") as out:
        out.write("key,t,value\n")
        out.writelines(f"s{i % 10},{BEGIN * 1000 + i * 10},{i}\n" for i in range(rows))
    command = [str(TELLTALE), "--run", str(one.run_dir), "import", str(file), "--json"]
    running = subprocess.Popen(command, env=one.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until("something is in", lambda: one.get("/api/v1/storage")["samples"] > 0 or running.poll() is not None, 60)
    one.kill()
    one.start()
    out, _ = running.communicate(timeout=200)
    assert running.returncode == 0 and json.loads(out)["readings"] == rows
    assert len(one.tool("export", "*").stdout.splitlines()) == rows + 1


def test_what_the_device_would_delete_is_not_taken_in_silence(daemon, tmp_path):
    one = daemon("storage: {raw: 30d}\ninputs: []\n").start()
    file = tmp_path / "old.csv"
    now = int(time.time())
    file.write_text(f"key,t,value\nnew,{now - 86400},1\nold,{now - 40 * 86400},2\nnew,{now - 3600},3\n")
    done = one.tool("import", str(file), check=False)
    assert done.returncode == 1 and "storage.raw" in done.stderr and "line 3: old" in done.stderr
    assert imported(one, file, "--from", "now-29d")["readings"] == 2
    report = imported(one, file, "--anyway")  # goes on where the first stopped
    assert (report["resumed"], report["readings"]) == (1, 2)
    assert one.raw("old", "0") == [[(now - 40 * 86400) * 1000, 2]]


def test_a_year_passes_within_bounded_memory(daemon, tmp_path):
    """A reading a minute of three series for a year: 1.6 million."""
    one = daemon(CONFIG).start()
    file = tmp_path / "year.csv.gz"
    begin = int(time.time()) - 366 * 86_400
    with gzip.open(file, "wt", compresslevel=1) as out:
        out.write("t,oil,water,air\n")
        out.writelines(f"{begin + i * 60},{i % 977 / 10},{i % 613 / 8},{i % 389}\n" for i in range(525_600))
    command = [str(TELLTALE), "--run", str(one.run_dir), "import", str(file), "--json"]
    before = peak_of(one.process.pid)
    # What is freed is not to count: the sanitizer would keep 256 MB of it.
    environment = one.environment() | {"ASAN_OPTIONS": "quarantine_size_mb=32"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    peaks = [0]

    def ended() -> bool:
        if running.poll() is not None:
            return True
        peaks.append(peak_of(running.pid))
        return False

    wait_until("the year is in", ended, 120)
    assert running.returncode == 0
    assert json.loads(running.stdout.read())["readings"] == 525_600 * 3
    slack = 1 if "asan" not in str(TELLTALE) and "tsan" not in str(TELLTALE) else 10
    assert 0 < max(peaks) < 40_000 * slack, "KiB, of the tool"
    assert peak_of(one.process.pid) - before < 120_000 * slack, "KiB, of the daemon"
    counted = subprocess.run([str(TELLTALE), "--run", str(one.run_dir), "export", "oil"], env=one.environment(),
                             stdout=subprocess.PIPE, timeout=200)
    assert counted.stdout.count(b"\n") == 525_600 + 1


def peak_of(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)  # none of one that ended
