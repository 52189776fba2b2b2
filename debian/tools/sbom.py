#!/usr/bin/env python3
"""What the packages are made of, as SPDX 2.3: each .deb with its digest, what it needs at run time, what was linked into
it or lies in it.

Usage: sbom.py PACKAGES_DIR LOCK_FILE DPKG_ADMIN_DIR > telltale.spdx.json
The same packages give the same bytes: times come from SOURCE_DATE_EPOCH, ids from names.
"""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

# Linked statically or used as headers: the package that brought it, its licence, and in which of ours it is.
STATIC = [
    ("libboost1.81-dev|libboost1.83-dev", "BSL-1.0", ["telltale", "telltale-plugin-mqtt", "telltale-plugin-modbus", "telltale-plugin-serial"]),
    ("libcli11-dev", "BSD-3-Clause", ["telltale"]),
]
LICENCE = "Apache-2.0"


def identifier(*words: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(words)).strip("-")


def package(kind: str, name: str, version: str, licence: str, purl: str | None, **more) -> dict:
    entry = {
        "SPDXID": identifier(kind, name, version),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }
    if purl:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        entry["externalRefs"] = [reference]
    return entry | more


def fields_of(deb: pathlib.Path) -> dict[str, str]:
    shown = subprocess.run(["dpkg-deb", "-f", deb], capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^(\S+): (.*)$", shown, re.MULTILINE))


def own_package(deb: pathlib.Path, fields: dict[str, str]) -> dict:
    name, version, architecture = fields["Package"], fields["Version"], fields["Architecture"]
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    return package(
        "deb", name, version, LICENCE, f"pkg:deb/telltale/{name}@{version}?arch={architecture}",
        packageFileName=deb.name, supplier=f"Organization: {fields['Maintainer'].split(' <')[0]}",
        checksums=[{"algorithm": "SHA256", "checksumValue": digest}],
    )  # fmt: skip


def needed(fields: dict[str, str]) -> list[dict]:
    """Its Depends that are not ours. The version is the lowest that will do, not what a device has."""
    found = []
    for item in fields.get("Depends", "").split(", "):
        match = re.match(r"([a-z0-9][a-z0-9+.-]+)(?: \([<>=]+ ([^)]+)\))?", item)
        if match and not match[1].startswith("telltale"):
            name, version = match[1], match[2] or "any"
            found.append(package("needs", name, version, "NOASSERTION", f"pkg:deb/debian/{name}"))
    return found


def built_in(admin_dir: str) -> list[tuple[dict, list[str]]]:
    found = []
    for names, licence, users in STATIC:
        for name in names.split("|"):
            command = ["dpkg-query", f"--admindir={admin_dir}", "-W", "-f", "${db:Status-Status} ${Version}", name]
            status, _, version = subprocess.run(command, capture_output=True, text=True).stdout.partition(" ")
            if status == "installed":
                found.append((package("static", name, version, licence, f"pkg:deb/debian/{name}@{version}"), users))
    return found


def page_parts(lock: pathlib.Path) -> list[dict]:
    found = []
    for path, entry in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if not path or entry.get("dev") or entry.get("optional"):
            continue
        name = path.rpartition("node_modules/")[2]
        algorithm, _, digest = entry["integrity"].partition("-")
        checksum = {"algorithm": algorithm.upper(), "checksumValue": base64.b64decode(digest).hex()}
        purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
        found.append(package("npm", name, entry["version"], entry.get("license", "NOASSERTION"), purl, checksums=[checksum]))
    return found


def document(directory: pathlib.Path, lock: pathlib.Path, admin_dir: str) -> dict:
    packages: dict[str, dict] = {}
    relations: set[tuple[str, str, str]] = set()

    def relate(one: str, how: str, other: dict) -> None:
        packages[other["SPDXID"]] = other
        relations.add((one, how, other["SPDXID"]))

    ids = {}
    for deb in sorted(directory.glob("*.deb")):
        fields = fields_of(deb)
        own = own_package(deb, fields)
        ids[fields["Package"]] = own["SPDXID"]
        relate("SPDXRef-DOCUMENT", "DESCRIBES", own)
        for other in needed(fields):
            relate(own["SPDXID"], "DEPENDS_ON", other)
    for part, users in built_in(admin_dir):
        for user in users:
            relate(ids[user], "STATIC_LINK", part)
    for part in page_parts(lock):
        relate(ids["telltale"], "CONTAINS", part)
    everything = json.dumps(packages, sort_keys=True).encode()
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "telltale",
        "documentNamespace": f"urn:telltale:sbom:{hashlib.sha256(everything).hexdigest()}",
        "creationInfo": {"created": f"{created:%Y-%m-%dT%H:%M:%SZ}", "creators": ["Tool: debian/tools/sbom.py"]},
        "packages": [packages[key] for key in sorted(packages)],
        "relationships": [
            {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other} for one, how, other in sorted(relations)
        ],
    }


if __name__ == "__main__":
    json.dump(document(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]), sys.stdout, indent=1)
    print()
