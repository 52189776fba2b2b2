"""What lies in the packages, without installing them."""
import hashlib
import json
import subprocess

import pytest
from root import EVERY_DEB, PACKAGES, ROOT, built, field

pytestmark = pytest.mark.skipif(len(built()) != len(EVERY_DEB), reason="the packages are not built: ./dev package")
DEBS = {field(deb, "Package"): deb for deb in built()} if built() else {}


def files(name: str) -> dict[str, str]:
    """Path to mode and owner."""
    shown = subprocess.run(["dpkg-deb", "-c", DEBS[name]], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 5) for line in shown.splitlines()]
    return {row[5].removeprefix("."): f"{row[0]} {row[1]}" for row in rows}


PLUGINS = {
    "csv.so": "telltale",
    "influx.so": "telltale-plugin-influx",
    "linux.so": "telltale",
    "modbus.so": "telltale-plugin-modbus",
    "mqtt-out.so": "telltale-plugin-mqtt",
    "mqtt.so": "telltale-plugin-mqtt",
    "prometheus.so": "telltale-plugin-prometheus",
    "serial.so": "telltale-plugin-serial",
    "simulator.so": "telltale",
    "webhook.so": "telltale",
}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("telltale", ["libsqlite3-0", "libssl3", "libstdc++6", "libc6", "systemd"]),
        ("telltale-plugin-mqtt", ["telltale (= ", "libpaho-mqttpp3-1"]),
        ("telltale-plugin-modbus", ["telltale (= ", "libmodbus5"]),
        ("telltale-plugin-influx", ["telltale (= ", "libcurl4"]),
        ("telltale-plugin-prometheus", ["telltale (= ", "libcurl4", "libsnappy1v5"]),
        ("telltale-plugin-serial", ["telltale (= ", "libserialport0"]),
    ],
)
def test_it_depends_on_what_it_is_linked_with(name, wanted):
    depends = field(DEBS[name], "Depends")
    for one in wanted:
        assert one in depends


def test_every_plugin_is_in_one_package():
    there = [(path.rpartition("/")[2], name) for name in EVERY_DEB for path in files(name) if path.endswith(".so")]
    assert sorted(there) == sorted(PLUGINS.items())


def test_everything_belongs_to_root_and_nobody_else_writes_it():
    for name in EVERY_DEB:
        for path, entry in files(name).items():
            assert entry.endswith("root/root") and (entry[0] == "l" or entry[8] == "-" == entry[5]), path


def test_the_configuration_is_a_conffile():
    shown = subprocess.run(["dpkg-deb", "-I", DEBS["telltale"], "conffiles"], capture_output=True, text=True, check=True).stdout
    assert "/etc/telltale/telltale.yaml" in shown.split()


def test_programs_are_stripped_closed_and_know_nothing_of_where_they_were_built(tmp_path):
    for name in EVERY_DEB:
        subprocess.run(["dpkg-deb", "-x", DEBS[name], tmp_path], check=True)
    programs = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
    assert len(programs) == len(PLUGINS) + 4
    for path in programs:
        assert str(ROOT).encode() not in path.read_bytes(), path
        told = subprocess.run(["readelf", "-WSld", path], capture_output=True, text=True, check=True).stdout
        assert ".symtab" not in told and "RPATH" not in told and "RUNPATH" not in told, path
        assert "GNU_RELRO" in told and "NOW" in told and "DYN (" in subprocess.run(["readelf", "-h", path], capture_output=True, text=True).stdout


def test_symbols_are_in_packages_of_their_own():
    with_symbols = {path.name.split("_")[0] for path in PACKAGES.glob("*-dbgsym_*.deb")}
    assert with_symbols == {f"{name}-dbgsym" for name in EVERY_DEB if name != "telltale-dev"}


def test_the_bill_of_materials_names_each_package_and_what_is_in_it():
    bill = json.loads((PACKAGES / "telltale.spdx.json").read_text())
    assert (bill["spdxVersion"], bill["dataLicense"], bill["SPDXID"]) == ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT")
    packages = {package["SPDXID"]: package for package in bill["packages"]}
    assert len(packages) == len(bill["packages"])
    for package in packages.values():
        assert package["name"] and package["versionInfo"] and package["downloadLocation"] and package["licenseDeclared"]
    for relation in bill["relationships"]:
        assert relation["relatedSpdxElement"] in packages
        assert relation["spdxElementId"] in packages or relation["spdxElementId"] == "SPDXRef-DOCUMENT"
    digests = {package["packageFileName"]: package["checksums"][0]["checksumValue"] for package in packages.values() if "packageFileName" in package}
    for deb in built():
        assert digests[deb.name] == hashlib.sha256(deb.read_bytes()).hexdigest()
    names = {package["name"] for package in packages.values()}
    assert {"libboost1.81-dev", "preact", "uplot", "gridstack", "libsqlite3-0"} <= names
    assert "esbuild" not in names


def test_digests_are_right():
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=PACKAGES, check=True)
