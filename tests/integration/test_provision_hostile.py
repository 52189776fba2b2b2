"""What a device does not take as its configuration: replayed, changed, another's, broken."""
import re

from provision import BEFORE, configuration, device, fetch, office, provision_yaml, server  # noqa: F401

PATH = "/telltale/press-7.yaml"


def test_what_an_attacker_can_serve_is_refused(device, office, server):
    """Replay, going back, another device's, changed, cut short, another key's, too large, another thing altogether."""
    first, second = office.sign(configuration("oil"), 17), office.sign(configuration("water"), 18)
    office.key("other")
    server.documents[PATH] = second
    assert fetch(device).returncode == 0
    taken = device.config_path.read_bytes()
    flipped = bytearray(office.sign(configuration("air"), 19))
    flipped[flipped.index(b"air")] ^= 1
    hostile = {
        "is older than 18": first,
        "was taken already, with another content": office.sign(configuration("air"), 18),
        "is for other devices": office.sign(configuration("air"), 19, names="pump-*"),
        "or it was changed afterwards": bytes(flipped),
        "none of this device's keys": office.sign(configuration("air"), 19, key="other"),
        "a part of it is missing": office.sign(configuration("air"), 19)[:-40],
        "is larger than 1048576 bytes": b"#" * (1 << 20) + b"\n",
        "is no signed configuration": configuration("air").encode(),
    }
    for why, document in hostile.items():
        server.documents[PATH] = document
        done = fetch(device)
        assert done.returncode in (1, 69), why
        assert why in done.stdout + done.stderr, f"{why}: {done.stdout}{done.stderr}"
        assert device.config_path.read_bytes() == taken, why
    server.documents[PATH] = b"# telltale-configuration 1\n"
    server.endless = True
    done = fetch(device)
    server.endless = False
    assert (done.returncode, "is larger than" in done.stderr) == (69, True), done.stderr
    server.documents[PATH] = office.sign(configuration("air"), 19)
    assert fetch(device).returncode == 0, "what is good is taken afterwards"


def test_a_key_that_others_can_change_is_not_believed(device, office, server):
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    (office.home / "fleet.pub").chmod(0o666)
    done = fetch(device)
    assert (done.returncode, device.config_path.read_text()) == (77, BEFORE)
    assert "can be changed by others" in done.stderr
    (office.home / "fleet.pub").chmod(0o644)
    (device.home / "provision.yaml").chmod(0o666)
    assert fetch(device).returncode == 77


def test_what_the_daemon_refuses_changes_nothing_and_is_not_tried_again(device, office, server):
    secret = "sinks: [{id: a, plugin: influx, options: {url: 'https://a.example', database: b, user: u, password: !secret nobody}}]\n"
    server.documents[PATH] = office.sign(secret, 17, "--unchecked")
    done = fetch(device)
    assert done.returncode == 1
    assert re.search(r"serial 17 could not be taken \(.*line 4, column \d+: no secret is called 'nobody'", done.stdout), done.stdout
    assert device.config_path.read_text() == BEFORE
    before = (device.state_dir / "provision.json").read_bytes()
    again = fetch(device)
    assert (again.returncode, "a newer one is waited for" in again.stdout) == (1, True)
    assert (device.state_dir / "provision.json").read_bytes() == before
    secrets = device.home / "secrets.yaml"
    secrets.write_text("nobody: hunter22\n")
    secrets.chmod(0o600)
    assert fetch(device, "--again").returncode == 0, "somebody mended the device, and asks for it"
    server.documents[PATH] = office.sign(configuration("oil"), 18)
    assert fetch(device).returncode == 0


def test_what_is_remembered_may_be_broken_or_gone(device, office, server):
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    assert fetch(device).returncode == 0
    kept = device.state_dir / "provision.json"
    kept.write_text('{"version": 1, "serial": "all"')
    server.documents[PATH] = office.sign(configuration("water"), 18)
    done = fetch(device)
    assert (done.returncode, "provision.json" in done.stderr) == (1, True), done.stderr
    kept.unlink()
    server.documents[PATH] = office.sign(configuration("air"), 16)
    assert "is older than 17" in fetch(device).stdout, "what is in place says which one it is"


def test_every_mistake_in_provision_yaml_is_named_with_its_place(device):
    (device.home / "provision.yaml").write_text("from: ftp://example.org\nkey: fleet.pub\nuser: a\nurl: x\npassword: abc\n")
    done = fetch(device)
    assert done.returncode == 78
    found = set(re.findall(r"provision\.yaml:(\d+):\d+: error", done.stderr))
    assert found == {"1", "2", "4", "5"}, done.stderr
