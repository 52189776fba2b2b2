"""Debian 12 roots for tests, made by mmdebstrap once and kept in build/appliance: with everything that the packages need
but themselves, or with less, or more. And packages of a lower version, made of the built ones."""
import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = pathlib.Path(os.environ.get("TELLTALE_PACKAGES", ROOT / "build/packages"))
CACHE = ROOT / "build/appliance"
SUITE = "bookworm"
BASE = ["dbus", "kmod", "libpam-systemd", "systemd", "systemd-sysv", "systemd-timesyncd", "udev"]
EVERY_DEB = ("telltale", "telltale-plugin-influx", "telltale-plugin-modbus", "telltale-plugin-mqtt", "telltale-plugin-prometheus", "telltale-plugin-serial", "telltale-dev")


class NoRoot(Exception):
    """No root could be made, which most often means that Debian's packages cannot be reached."""


def built() -> list[pathlib.Path]:
    """The packages that are installed, those with symbols left out."""
    return sorted(path for path in PACKAGES.glob("*.deb") if not path.name.split("_")[0].endswith("-dbgsym"))


def field(deb: pathlib.Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", deb, name], capture_output=True, text=True, check=True).stdout.strip()


def missing(tools: tuple[str, ...]) -> str | None:
    for tool in tools:
        if shutil.which(tool) is None:
            return f"{tool} is not installed: ./dev deps appliance"
    return None


def why_not(*tools: str) -> str | None:
    """Why this machine cannot run these tests, or None."""
    if len(built()) != len(EVERY_DEB):
        return "the packages are not built: ./dev package"
    if reason := missing(("mmdebstrap", "systemd-nspawn", "nsenter", *tools)):
        return reason
    if os.geteuid() != 0:
        return "a system of its own needs root"
    unshared = subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    )
    if unshared.returncode != 0:
        return f"this machine gives no namespaces: {unshared.stderr.decode().strip()}"
    return None


def skip(reason: object) -> None:
    """./dev appliance asks for these tests by name: there it is a failure."""
    (pytest.fail if os.environ.get("TELLTALE_APPLIANCE") == "required" else pytest.skip)(str(reason))


def needed() -> list[str]:
    """What the packages depend on, beside each other."""
    found = set(BASE)
    for deb in built():
        for item in field(deb, "Depends").split(","):
            name = re.match(r"\s*([a-z0-9][a-z0-9+.-]+)", item)
            if name and not name[1].startswith("telltale"):
                found.add(name[1])
    return sorted(found)


def make(wanted: list[str], fresh: pathlib.Path) -> None:
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        "mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(wanted)}", "--aptopt=APT::Install-Recommends false",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        # A system of its own has an identity of its own, and nobody asks it questions.
        "--customize-hook=rm -f $1/etc/machine-id $1/var/lib/dbus/machine-id; echo uninitialized > $1/etc/machine-id",
        "--customize-hook=echo device > $1/etc/hostname",
        SUITE, str(fresh),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise NoRoot(f"mmdebstrap: {done.stderr[-2000:]}")


def root(kind: str = "root", wanted: list[str] | None = None) -> pathlib.Path:
    """The directory of a root with the packages of `wanted` (what ours need, when nothing is said); made when there is
    none of its kind with just those."""
    wanted = needed() if wanted is None else wanted
    key = hashlib.sha256(" ".join([SUITE, *wanted]).encode()).hexdigest()[:12]
    directory = CACHE / f"{kind}-{key}"
    if directory.exists():
        return directory
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{kind}-*"):
        shutil.rmtree(old)
    fresh = CACHE / f"fresh-{kind}"
    make(wanted, fresh)
    fresh.rename(directory)
    return directory


@contextlib.contextmanager
def installed(base: pathlib.Path):
    """A copy of a root with the built packages in it, as an image for many devices is made: nothing runs meanwhile."""
    with tempfile.TemporaryDirectory(prefix="image-", dir=CACHE) as place:
        image = pathlib.Path(place) / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", base, image], check=True)
        target = image / "packages"
        target.mkdir()
        for deb in built():
            shutil.copy(deb, target)
        names = [f"/packages/{deb.name}" for deb in built()]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["chroot", image, "dpkg", "-i", *names], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.rmtree(target)
        yield image


def lower(into: pathlib.Path, version: str = "0.0.1") -> list[pathlib.Path]:
    """The built packages once more, with a lower version."""
    found = []
    for deb in built():
        tree = into / deb.stem
        subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(control.read_text().replace(field(deb, "Version"), version))
        target = into / f"{field(deb, 'Package')}_{version}.deb"
        # Nothing reads it but one dpkg: time is not spent on making it small.
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, target], check=True, capture_output=True)
        shutil.rmtree(tree)
        found.append(target)
    return found
