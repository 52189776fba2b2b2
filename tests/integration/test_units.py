"""The linux input shows the states of systemd's units, told by a manager on a bus of the test's own."""
import pytest
from harness import ROOT, wait_until
from systemd_bus import Bus

EXAMPLE = ROOT / "config/examples/linux.yaml"


@pytest.fixture
def bus():
    one = Bus()
    yield one
    one.clean_up()


def config(bus: Bus, units: str, allow: str = "{local_sockets: true}") -> str:
    return (f"inputs:\n  - id: machine\n    plugin: linux\n    allow: {allow}\n"
            f"    options: {{collect: [load], units: {{bus: {bus.socket}, every: 200ms, {units}}}}}\n")  # fmt: skip


def state(one, unit: str) -> tuple | None:
    for key, row in one.latest("unit.state").items():
        if f'unit="{unit}"' in key:
            return row["value"], row["quality"]
    return None


def wait_for_state(one, unit: str, value, quality: str = "good") -> None:
    wait_until(f"{unit} is {value}, {quality}", lambda: state(one, unit) == (value, quality))


def units_shown(one) -> set[str]:
    return {row["labels"]["unit"] for row in one.get("/api/v1/series", match="unit.state")}


def test_every_state_has_its_name(daemon, bus):
    states = ["inactive", "active", "failed", "activating", "deactivating", "reloading", "maintenance", "refreshing"]
    bus.start().start_manager()
    bus.tell(set={f"{word}.service": {"active": word} for word in states})
    bus.tell(set={"odd.service": {"active": "imagined"}})
    one = daemon(config(bus, "include: ['*']")).start()
    for word in states:
        wait_for_state(one, f"{word}.service", word)
    assert state(one, "odd.service") == (None, "bad"), "a state of later is not shown as one that we know"
    assert one.latest("units.failed")["units.failed"]["value"] == 1
    wait_until("it says that it is well", lambda: one.input("machine")["state"] == "running")


def test_a_change_is_shown_without_waiting_for_the_next_look(daemon, bus):
    bus.start().start_manager().set(ssh="active", cron="active")
    one = daemon(config(bus, "every: 1h, include: [ssh, cron]").replace("every: 200ms, ", "")).start()
    wait_for_state(one, "ssh.service", "active")
    for word in ("deactivating", "failed", "activating", "active"):
        bus.set(ssh=word)
        wait_for_state(one, "ssh.service", word)
    assert bus.tell()["ListUnitsByNames"] == 1, "the manager told, it was not asked"
    wait_until("none has failed", lambda: one.latest("units.failed")["units.failed"]["value"] == 0)


def test_filters_choose_the_units(daemon, bus):
    bus.start().start_manager().set(ssh="active", cron="active", getty="active")
    bus.tell(set={"getty@tty1.service": {"active": "active"}, "getty@tty2.service": {"active": "active"},
                  "tmp.mount": {"active": "active"}, "user@1000.service": {"active": "active"},
                  "gone.service": {"active": "inactive", "load": "not-found"}})  # fmt: skip
    one = daemon(config(bus, "include: ['getty@*', 'c*', tmp.mount], exclude: ['*tty2*']")).start()
    expected = {"getty@tty1.service", "cron.service", "tmp.mount"}
    wait_until("those are shown", lambda: units_shown(one) == expected)
    one.stop()
    other = daemon(config(bus, "")).start()
    expected = {"ssh.service", "cron.service", "getty.service", "getty@tty1.service", "getty@tty2.service"}
    wait_until("all services, without what only others mention", lambda: units_shown(other) == expected)


def test_units_that_come_and_go(daemon, bus):
    bus.start().start_manager().set(ssh="active")
    one = daemon(config(bus, "include: ['*.service', wanted]")).start()
    wait_for_state(one, "ssh.service", "active")
    wait_for_state(one, "wanted.service", None, "bad")  # it is asked for, and not there
    bus.set(wanted="active", late="activating")
    wait_for_state(one, "wanted.service", "active")
    wait_for_state(one, "late.service", "activating")
    bus.tell(remove=["ssh.service"])
    wait_for_state(one, "ssh.service", None, "bad")
    bad = [row for row in one.raw("unit.state{unit=\"ssh.service\"}") if row[1] is None]
    assert len(bad) <= 1, "said once"
    bus.set(ssh="active")
    wait_for_state(one, "ssh.service", "active")


def test_an_absent_bus_is_said_once(daemon, bus):
    one = daemon(config(bus, "include: [ssh]")).start()
    wait_until("it says so", lambda: "systemd's units are not shown until it answers" in one.log())
    one.wait_for_series("load.1m")
    wait_until("the rest goes on", lambda: len(one.raw("load.1m")) >= 3)
    wait_until("it says that it is well", lambda: one.input("machine")["state"] == "running")
    # It is looked for every ten seconds, in silence.
    bus.start().start_manager().set(ssh="active")
    wait_until("it is found", lambda: state(one, "ssh.service") == ("active", "good"), 20)
    bus.stop()
    wait_for_state(one, "ssh.service", None, "bad")
    assert one.log().count("are not shown") == 2, one.log()
    assert one.stop() == 0


def test_a_bus_without_a_manager_is_said_once(daemon, bus):
    bus.start()
    one = daemon(config(bus, "include: [ssh]")).start()
    wait_until("it says so", lambda: "are not shown" in one.log() and "org.freedesktop.systemd1" in one.log())
    bus.start_manager().set(ssh="active")
    wait_until("it is found", lambda: state(one, "ssh.service") == ("active", "good"), 20)
    bus.stop_manager()
    wait_for_state(one, "ssh.service", None, "bad")


def test_without_the_permission_it_says_what_is_missing(daemon, bus):
    bus.start().start_manager().set(ssh="active")
    one = daemon(config(bus, "include: [ssh]", allow="{}")).start()
    wait_until("it says so", lambda: any("are not shown: " in line and "allow: {local_sockets: true}" in line for line in one.input("machine")["last_lines"]))
    one.wait_for_series("load.1m")
    assert not units_shown(one)


def test_the_example_runs(daemon, bus):
    bus.start().start_manager().set(ssh="active", telltaled="active")
    text = EXAMPLE.read_text()
    assert text.count("/run/dbus/system_bus_socket") == 1
    one = daemon(text.replace("/run/dbus/system_bus_socket", str(bus.socket))).start()
    wait_for_state(one, "ssh.service", "active")
    one.wait_for_series("cpu.usage")
