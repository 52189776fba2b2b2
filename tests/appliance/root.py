"""A Debian 12 root for tests, made by mmdebstrap once and kept in build/appliance, with everything that the packages
need but themselves. And packages of a lower version, made of the built ones."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "build/packages"
CACHE = ROOT / "build/appliance"
SUITE = "bookworm"
BASE = ["dbus", "kmod", "libpam-systemd", "systemd", "systemd-sysv", "systemd-timesyncd", "udev"]
EVERY_DEB = ("telltale", "telltale-plugin-modbus", "telltale-plugin-mqtt", "telltale-plugin-serial", "telltale-dev")


class NoRoot(Exception):
    """No root could be made, which most often means that Debian's packages cannot be reached."""


def built() -> list[pathlib.Path]:
    """The packages that are installed, those with symbols left out."""
    return sorted(path for path in PACKAGES.glob("*.deb") if not path.name.split("_")[0].endswith("-dbgsym"))


def field(deb: pathlib.Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", deb, name], capture_output=True, text=True, check=True).stdout.strip()


def why_not() -> str | None:
    """Why this machine cannot run these tests, or None."""
    if len(built()) != len(EVERY_DEB):
        return "the packages are not built: ./dev package"
    for tool in ("mmdebstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed: ./dev deps appliance"
    if os.geteuid() != 0:
        return "a system of its own needs root"
    unshared = subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    )
    if unshared.returncode != 0:
        return f"this machine gives no namespaces: {unshared.stderr.decode().strip()}"
    return None


def needed() -> list[str]:
    """What the packages depend on, beside each other."""
    found = set(BASE)
    for deb in built():
        for item in field(deb, "Depends").split(","):
            name = re.match(r"\s*([a-z0-9][a-z0-9+.-]+)", item)
            if name and not name[1].startswith("telltale"):
                found.add(name[1])
    return sorted(found)


def root() -> pathlib.Path:
    """The directory of the root; made when there is none for what the packages need now."""
    wanted = needed()
    key = hashlib.sha256(" ".join([SUITE, *wanted]).encode()).hexdigest()[:12]
    directory = CACHE / f"root-{key}"
    if directory.exists():
        return directory
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob("root-*"):
        shutil.rmtree(old)
    fresh = CACHE / "fresh"
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
    fresh.rename(directory)
    return directory


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
