"""A whole machine in qemu without hardware's help: kernel, disk, systemd. Its power can be cut.

What a cut takes is what the kernel had not yet given to the disk: the machine is reset, the disk's own memory is not lost.
"""
import json
import pathlib
import re
import select
import socket
import subprocess
import tempfile
import time

from machine import SLOWNESS, wait_until

KERNEL = ["initramfs-tools", "linux-image-cloud-amd64"]
ADDRESS = "10.0.2.15"  # what qemu's own network calls its machine
AGENT = """#!/bin/bash
# Runs what comes down the line; ends each answer with a line of its own.
while [ ! -e /dev/virtio-ports/agent ]; do sleep 0.1; done
exec 3<>/dev/virtio-ports/agent
echo "{ready}" >&3
while read -r line <&3; do
  (eval "$line") </dev/null >&3 2>&1
  echo "{done} $?" >&3
done
"""
READY, DONE = "=== ready", "=== done"
UNIT = """[Unit]
After=telltaled.service
[Service]
ExecStart=/usr/local/sbin/agent
Restart=always
[Install]
WantedBy=multi-user.target
"""
NETWORK = f"[Match]\nName=e*\n[Network]\nAddress={ADDRESS}/24\n"


def prepare(image: pathlib.Path, config: str) -> None:
    """Puts into an image what the tests talk to it by, and the daemon's configuration."""
    agent = image / "usr/local/sbin/agent"
    agent.write_text(AGENT.format(ready=READY, done=DONE))
    agent.chmod(0o755)
    (image / "etc/systemd/system/agent.service").write_text(UNIT)
    (image / "etc/systemd/network/card.network").write_text(NETWORK)
    (image / "etc/telltale/telltale.yaml").write_text(config)
    subprocess.run(["chroot", image, "systemctl", "-q", "enable", "agent", "systemd-networkd"], check=True)


def make_disk(image: pathlib.Path, disk: pathlib.Path) -> None:
    subprocess.run(["truncate", "-s", "2G", disk], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", image, disk], check=True)


class Emulated:
    """Started over an image that prepare() has seen."""

    def __init__(self, image: pathlib.Path):
        self.place = tempfile.TemporaryDirectory(prefix="telltale-emulated-")
        self.home = pathlib.Path(self.place.name)
        make_disk(image, self.home / "disk.img")
        kernel, initrd = next(image.glob("boot/vmlinuz-*")), next(image.glob("boot/initrd.img-*"))
        command = [
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "512", "-nodefaults", "-no-user-config",
            "-display", "none", "-serial", f"file:{self.home}/console.log", "-monitor", f"unix:{self.home}/monitor,server=on,wait=off",
            "-kernel", kernel, "-initrd", initrd, "-append", "root=/dev/vda rw console=ttyS0 quiet panic=-1",
            # The host is not cut: what qemu has taken is on the disk for the machine, whether the host has synced it or not.
            "-drive", f"file={self.home}/disk.img,format=raw,if=virtio,cache=unsafe",
            "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-{ADDRESS}:8080", "-device", "virtio-net-pci,netdev=net",
            "-chardev", f"socket,id=agent,path={self.home}/agent,server=on,wait=off", "-device", "virtio-serial-pci",
            "-device", "virtserialport,chardev=agent,name=agent",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            self.agent, self.heard = self.connect("agent"), ""
            self.port = self.forwarded_port()
        except BaseException:
            self.clean_up()
            raise

    def connect(self, name: str) -> socket.socket:
        def there():
            assert self.process.poll() is None, f"qemu ended:\n{self.process.stdout.read()}"
            return (self.home / name).exists()

        wait_until("qemu listens", there)
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self.home / name))
        return line

    def forwarded_port(self) -> int:
        with self.connect("monitor") as monitor:
            monitor.sendall(b"info usernet\n")
            told = ""
            while not (found := re.search(rf"HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+{re.escape(ADDRESS)}", told)):
                assert select.select([monitor], [], [], 20 * SLOWNESS)[0], f"qemu does not say its port: {told}"
                told += monitor.recv(65536).decode(errors="replace")
            return int(found[1])

    def console(self) -> str:
        return (self.home / "console.log").read_text(errors="replace")[-6000:]

    def hear(self, mark: str, seconds: float) -> tuple[str, str]:
        """What came before a line that begins with the mark, and the rest of that line."""
        deadline = time.monotonic() + seconds * SLOWNESS
        while not (found := re.search(rf"^{mark}(.*)\n", self.heard, re.MULTILINE)):
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self.agent], [], [], left)[0], f"no {mark} within {seconds * SLOWNESS:g} s:\n{self.heard}\n{self.console()}"
            more = self.agent.recv(65536)
            assert more, f"qemu ended:\n{self.console()}"
            self.heard += more.decode(errors="replace").replace("\r", "")
        before, self.heard = self.heard[: found.start()], self.heard[found.end() :]
        return before, found[1].strip()

    def wait_for_boot(self) -> None:
        self.hear(READY, 300)

    def run(self, command: str, check: bool = True, seconds: float = 120) -> str:
        self.agent.sendall(command.encode() + b"\n")
        told, code = self.hear(DONE, seconds)
        assert not check or code == "0", f"{command} ended with {code}:\n{told}"
        return told

    def cut_power(self) -> None:
        """At once, and nothing is synced: the kernel does no more than to reset the machine, which boots again."""
        self.agent.sendall(b"echo b > /proc/sysrq-trigger\n")

    def clean_up(self) -> None:
        self.process.kill()
        self.process.wait()
        self.place.cleanup()


def status_of(told: str) -> dict:
    return json.loads(told[told.index("{") :])
