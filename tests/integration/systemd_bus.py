"""A message bus of its own (Debian's dbus-daemon), and on it a manager of units that says what a test wants.

    python3 systemd_bus.py BUS-ADDRESS      the manager: a JSON object per line of stdin, each answered with a line

The manager has the part of org.freedesktop.systemd1(5) that lists units and tells of changes.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


# The manager ----------------------------------------------------------------------------------------------------------
def run_manager(address: str) -> None:
    import fnmatch

    import dbus
    import dbus.bus
    import dbus.mainloop.glib
    import dbus.service
    from gi.repository import GLib

    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(address)
    units: dict[str, dict] = {}
    calls: dict[str, int] = {}

    def path_of(name: str) -> str:
        return "/org/freedesktop/systemd1/unit/" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):02x}" for c in name)

    def row(name: str) -> tuple:
        unit = units.get(name, {"load": "not-found", "active": "inactive"})
        return (name, unit.get("description", name), unit.get("load", "loaded"), unit["active"], "sub", "",
                dbus.ObjectPath(path_of(name)), dbus.UInt32(0), "", dbus.ObjectPath("/"))

    class Unit(dbus.service.Object):
        @dbus.service.signal("org.freedesktop.DBus.Properties", signature="sa{sv}as")
        def PropertiesChanged(self, interface, changed, invalidated):
            pass

    objects: dict[str, Unit] = {}

    class Manager(dbus.service.Object):
        def count(self, name: str) -> None:
            calls[name] = calls.get(name, 0) + 1

        @dbus.service.method("org.freedesktop.systemd1.Manager")
        def Subscribe(self):
            self.count("Subscribe")

        @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="asas", out_signature="a(ssssssouso)")
        def ListUnitsByPatterns(self, states, patterns):
            self.count("ListUnitsByPatterns")
            return [row(name) for name in units if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]

        @dbus.service.method("org.freedesktop.systemd1.Manager", in_signature="as", out_signature="a(ssssssouso)")
        def ListUnitsByNames(self, names):
            self.count("ListUnitsByNames")
            return [row(str(name)) for name in names]

    def obey(_channel, _condition) -> bool:
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        order = json.loads(line)
        for name, unit in order.get("set", {}).items():
            before = units.get(name)
            units[name] = unit
            if before is not None and before["active"] != unit["active"] and not order.get("quiet"):
                one = objects.setdefault(name, Unit(bus, path_of(name))) if name not in objects else objects[name]
                changed = {"SubState": "sub", "ActiveState": unit["active"], "Job": dbus.Struct((dbus.UInt32(0), dbus.ObjectPath("/")))}
                one.PropertiesChanged("org.freedesktop.systemd1.Unit", changed, ["Conditions"])
                one.PropertiesChanged("org.freedesktop.systemd1.Service", {"ExecMainStatus": dbus.Int32(0)}, [])
        for name in order.get("remove", []):
            units.pop(name, None)
        print(json.dumps(calls), flush=True)
        return True

    Manager(bus, "/org/freedesktop/systemd1")
    name = dbus.service.BusName("org.freedesktop.systemd1", bus)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, obey)
    loop = GLib.MainLoop()
    print(json.dumps({"ready": name.get_name()}), flush=True)
    loop.run()


# For tests ------------------------------------------------------------------------------------------------------------
class Bus:
    """The bus and the manager, each a process of its own."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="telltale-bus-")
        self.socket = pathlib.Path(self.home.name) / "bus"
        self.config = pathlib.Path(self.home.name) / "bus.conf"
        self.config.write_text(CONFIG.format(socket=self.socket))
        self.daemon: subprocess.Popen | None = None
        self.manager: subprocess.Popen | None = None

    def start(self) -> "Bus":
        command = ["dbus-daemon", f"--config-file={self.config}", "--nofork", "--print-address"]
        self.daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.daemon.stdout.readline().startswith("unix:path="), "dbus-daemon says where it listens"
        return self

    def start_manager(self) -> "Bus":
        command = [sys.executable, __file__, f"unix:path={self.socket}"]
        self.manager = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert json.loads(self.manager.stdout.readline()) == {"ready": "org.freedesktop.systemd1"}
        return self

    def tell(self, **order) -> dict[str, int]:
        """How often each method was called so far."""
        self.manager.stdin.write(json.dumps(order) + "\n")
        self.manager.stdin.flush()
        return json.loads(self.manager.stdout.readline())

    def set(self, **units: str) -> dict[str, int]:
        """set(ssh="active"): of ssh.service; underscores stand for hyphens."""
        return self.tell(set={f"{name.replace('_', '-')}.service": {"active": state} for name, state in units.items()})

    def stop_manager(self) -> None:
        if self.manager is not None:
            self.manager.kill()
            self.manager.wait()
            self.manager.stdin.close()
            self.manager.stdout.close()
        self.manager = None

    def stop(self) -> None:
        self.stop_manager()
        if self.daemon is not None:
            self.daemon.kill()
            self.daemon.wait()
            self.daemon.stdout.close()
        self.daemon = None
        self.socket.unlink(missing_ok=True)

    def clean_up(self) -> None:
        self.stop()
        self.home.cleanup()


if __name__ == "__main__":
    run_manager(sys.argv[1])
