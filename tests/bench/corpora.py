"""Real readings, and generated ones, in every store that there is: bytes on disk, everything included."""
import gzip
import json
import pathlib
import re
import sqlite3
import subprocess

import databases
from processes import program, scratch
from report import Measure, Row, progress

LINE = re.compile(rb"series=(\S+) value=(\S+) (-?\d+)$")
TABLE = re.compile(r"^\| *([\w-]+) *\|.*\| *([\d.]+) *\|$")


def rows_of(lines: bytes) -> list[tuple[str, int, float]]:
    out = []
    for line in lines.splitlines():
        name, value, time = LINE.search(line).groups()
        out.append((name.decode(), int(time), float(value)))
    return out


def sqlite_bytes(rows: list[tuple[str, int, float]], keyed: bool) -> int:
    """A row per reading, with names in a table of their own."""
    names = {name: i for i, name in enumerate(dict.fromkeys(row[0] for row in rows))}
    with scratch() as home:
        database = sqlite3.connect(home / "rows.db")
        end = "PRIMARY KEY(series, time)) WITHOUT ROWID" if keyed else ")"
        database.execute(f"CREATE TABLE reading(series INTEGER, time INTEGER, value REAL{',' if keyed else ''}{end}")
        if not keyed:
            database.execute("CREATE INDEX by_time ON reading(series, time)")
        kept = ((names[name], time, value) for name, time, value in rows)
        database.executemany("INSERT OR REPLACE INTO reading VALUES(?,?,?)", kept)
        database.commit()
        database.close()
        return databases.bytes_under(home)


def on_paper(directory: pathlib.Path) -> dict[str, float]:
    """What the files' own README says that simple codecs reach: its last column."""
    readme = directory / "README.md"
    found = map(TABLE.match, readme.read_text().splitlines() if readme.exists() else [])
    return {match[1]: float(match[2]) for match in found if match}


def corpus_rows(name: str, lines: bytes, paper: float | None, peers: bool) -> list[Row]:
    with scratch() as home:
        done = subprocess.run(program("bench_corpus", home / "data"), input=lines, capture_output=True, timeout=600, check=True)
    ours = json.loads(done.stdout)
    assert ours["lossless"], f"{name} did not come back bit for bit"
    count = ours["readings"]

    def measure(size: int) -> Measure:
        return Measure([size / count], "bytes/reading")

    kept = measure(ours["bytes"])
    title = f"{name}: {count:,} readings, {ours['series']} series"
    out = [Row(title, kept)]
    if paper is not None:
        out = [Row(title, kept, Measure([paper], "bytes/reading"), "on paper", at_most=1.1)]
    out.append(Row("  handed to the disk", measure(ours["counted"])))
    rows = rows_of(lines)
    others = {
        "gzip of the CSV": len(gzip.compress(csv_of(rows), 9)),
        "SQLite rows, keyed": sqlite_bytes(rows, True),
        "SQLite rows, indexed": sqlite_bytes(rows, False),
    }
    if peers:
        for peer, (_, size) in databases.ALL.items():
            progress(f"store: {name} in {peer}")
            others[peer] = size(lines)
    return out + [Row(f"  beside {peer}", kept, measure(size), peer, at_most=1) for peer, size in others.items()]


def csv_of(rows: list[tuple[str, int, float]]) -> bytes:
    return "".join(f"{name},{time},{value!r}\n" for name, time, value in rows).encode()


def generated(series: int, hours: float) -> bytes:
    done = subprocess.run(program("bench_store", "lines", "-", series, hours, 0), capture_output=True, timeout=600, check=True)
    return done.stdout


def measure(options) -> list[Row]:
    peers = options.peers
    if peers and (missing := databases.missing()):
        raise SystemExit(f"--peers needs {', '.join(missing)}: apt-get install victoria-metrics influxdb")
    out = []
    if options.corpora is not None:
        paper = on_paper(options.corpora)
        files = sorted(options.corpora.glob("*.lp.gz"))
        if not files:
            raise SystemExit(f"no *.lp.gz in {options.corpora}")
        for file in files:
            name = file.name.removesuffix(".lp.gz")
            progress(f"store: {name}")
            out += corpus_rows(name, gzip.decompress(file.read_bytes()), paper.get(name), peers)
    if peers or options.corpora is not None:
        progress("store: generated readings")
        out += corpus_rows("generated", generated(100, 1), None, peers)
    return out
