#!/usr/bin/env python3
"""How large the programs of the packages are, for this machine and for others: sizes.py ARCH…"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = (
    "usr/bin/telltaled", "usr/bin/telltale", "usr/lib/telltale/telltale-plugin-host",
    "usr/lib/telltale/telltale-messenger",
    *(f"usr/lib/telltale/plugins/{name}.so" for name in ("csv", "linux", "simulator", "webhook", "influx", "mqtt", "mqtt-out", "modbus", "prometheus", "serial")),
)  # fmt: skip


def field(deb: pathlib.Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", deb, name], capture_output=True, text=True, check=True).stdout.strip()


def sizes_in(directory: pathlib.Path) -> dict[str, int]:
    """Bytes of each program and, of all packages together, as they are carried and as they are installed."""
    debs = [path for path in directory.glob("*.deb") if "-dbgsym_" not in path.name and "-dev_" not in path.name]
    if not debs:
        return {}
    with tempfile.TemporaryDirectory() as place:
        for deb in debs:
            subprocess.run(["dpkg-deb", "-x", deb, place], check=True)
        found = {path.rpartition("/")[2]: (pathlib.Path(place) / path).stat().st_size for path in PROGRAMS}
    found["the packages"] = sum(deb.stat().st_size for deb in debs)
    found["installed"] = sum(int(field(deb, "Installed-Size")) * 1024 for deb in debs)
    return found


def main() -> None:
    columns = {"amd64": sizes_in(ROOT / "build/packages")}
    columns |= {arch: sizes_in(ROOT / f"build/packages-{arch}") for arch in sys.argv[1:]}
    columns = {arch: sizes for arch, sizes in columns.items() if sizes}
    if not columns:
        return
    print("kB".ljust(24) + "".join(arch.rjust(10) for arch in columns))
    for name in next(iter(columns.values())):
        print(name.ljust(24) + "".join(f"{sizes[name] / 1000:,.0f}".rjust(10) for sizes in columns.values()))


if __name__ == "__main__":
    main()
