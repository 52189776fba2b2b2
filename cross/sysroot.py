#!/usr/bin/env python3
"""A root of Debian's packages for another machine, to compile against and to run its programs with qemu-user.

Usage: sysroot.py ARCH DIRECTORY PACKAGE…
Makes in DIRECTORY, unless it is there already for the same packages:
  sysroot/   the packages, extracted by mmdebstrap and not installed: nothing of the other machine runs meanwhile
  admin/     what dpkg would know of them, with paths as they are on this machine, for dpkg-shlibdeps
  libs/      what qemu-user finds in place of /lib and /usr/lib, and nothing besides
  run        a program that runs one of the other machine's
"""
import os
import pathlib
import shutil
import subprocess
import sys

QEMU = {"arm64": "qemu-aarch64-static", "armhf": "qemu-arm-static"}
KEPT = ("symbols", "shlibs")
# The release alone, without its updates: what is linked with is on the device, in whatever version that has.
MIRROR = "http://deb.debian.org/debian"


def run(*command, **more) -> str:
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def suite() -> str:
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"].strip('"')


def extract(arch: str, root: pathlib.Path, debs: pathlib.Path, packages: list[str]) -> None:
    debs.mkdir()
    # The suite's own choice among `a|b`: Debian 12 has the first, later ones the last.
    wanted = [name.split("|")[0 if suite() == "bookworm" else -1] for name in packages]
    run(
        "mmdebstrap", "--quiet", "--variant=extract", f"--architectures={arch}", f"--include={','.join(wanted)}",
        "--aptopt=APT::Install-Recommends false", "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
        f"--extract-hook=cp \"$1\"/var/cache/apt/archives/*.deb {debs}", suite(), root, MIRROR,
    )  # fmt: skip


def relative_links(root: pathlib.Path) -> None:
    """An absolute link would lead to this machine's file."""
    for directory, names, files in os.walk(root):
        for name in names + files:
            path = pathlib.Path(directory, name)
            if path.is_symlink() and os.readlink(path).startswith("/"):
                target = os.path.relpath(str(root) + os.readlink(path), directory)
                path.unlink()
                path.symlink_to(target)


def paths_of(deb: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Its files where they lie now: by the name they have, and by that behind links such as /lib."""
    found = set()
    for line in run("dpkg-deb", "-c", deb).splitlines():
        path = line.split(None, 5)[5].split(" -> ")[0].removeprefix(".")
        there = pathlib.Path(f"{root}{path}")
        found |= {str(there), str(there.parent.resolve() / there.name)}
    return sorted(found)


def administer(debs: pathlib.Path, root: pathlib.Path, admin: pathlib.Path) -> None:
    (admin / "info").mkdir(parents=True)
    (admin / "updates").mkdir()
    entries = []
    for deb in sorted(debs.glob("*.deb")):
        fields = run("dpkg-deb", "-f", deb)
        values = dict(line.split(": ", 1) for line in fields.splitlines() if ": " in line and line[0] != " ")
        name = values["Package"] + (f":{values['Architecture']}" if values.get("Multi-Arch") == "same" else "")
        entries.append(f"Status: install ok installed\n{fields.strip()}\n")
        (admin / f"info/{name}.list").write_text("\n".join(paths_of(deb, root)) + "\n")
        control = admin / "control"
        run("dpkg-deb", "-e", deb, control)
        for kind in KEPT:
            if (control / kind).exists():
                shutil.copy(control / kind, admin / f"info/{name}.{kind}")
        shutil.rmtree(control)
    (admin / "status").write_text("\n".join(entries))
    (admin / "info/format").write_text("1\n")


def make(arch: str, directory: pathlib.Path, packages: list[str]) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    root, debs, libs = directory / "sysroot", directory / "debs", directory / "libs"
    extract(arch, root, debs, packages)
    relative_links(root)
    administer(debs, root, directory / "admin")
    shutil.rmtree(debs)
    # With the whole root in its place qemu-user would show programs the root's empty /tmp, /etc and /var as well.
    (libs / "usr").mkdir(parents=True)
    (libs / "lib").symlink_to(os.path.relpath(root / "lib", libs))
    (libs / "usr/lib").symlink_to(os.path.relpath(root / "usr/lib", libs / "usr"))
    script = directory / "run"
    script.write_text(f'#!/bin/sh\nexec {QEMU[arch]} -L "{libs}" "$@"\n')
    script.chmod(0o755)


def main() -> None:
    arch, directory, packages = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
    made_of, told = directory / "made-of", "\n".join([suite(), str(directory), *packages, pathlib.Path(__file__).read_text()])
    if not made_of.exists() or made_of.read_text() != told:
        make(arch, directory, packages)
        made_of.write_text(told)


if __name__ == "__main__":
    main()
