"""A device takes its configuration from a server: signed, checked, taken over by a daemon that runs; nothing else is."""
import os
import re
import signal
import ssl
import subprocess

import pytest
from harness import TELLTALE, wait_until
from mosquitto import Authority
from provision import BEFORE, Office, Server, configuration, fetch, provision_yaml, status

PATH = "/telltale/press-7.yaml"


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "office")


@pytest.fixture
def server():
    one = Server()
    yield one
    one.stop()


@pytest.fixture
def device(daemon, office, server):
    """A daemon that runs, and is to fetch from the server."""
    one = daemon(BEFORE).start()
    provision_yaml(one, office, server.url + "/telltale/{device}.yaml")
    return one


def inputs(one) -> list[str]:
    return [item["id"] for item in one.get("/api/v1/inputs")]


def test_it_is_taken_over_once_and_not_transferred_again(device, office, server):
    os.chmod(device.config_path, 0o640)
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    done = fetch(device)
    assert (done.returncode, done.stdout) == (0, "serial 17 is taken over\n"), done.stderr
    device.wait_for_series("oil.wave")
    assert device.config_path.read_bytes() == server.documents[PATH], "the document is the configuration"
    assert device.config_path.stat().st_mode & 0o777 == 0o640
    assert (device.home / "telltale.yaml.1").read_text() == BEFORE, "the former one is kept"
    assert subprocess.run([TELLTALE, "check", device.config_path], capture_output=True).returncode == 0
    again = fetch(device)
    assert (again.returncode, again.stdout) == (0, "nothing new: serial 17\n"), again.stderr
    assert [item[1] for item in server.asked] == [200, 304]
    server.etags = False
    assert fetch(device).stdout == "nothing new: serial 17\n", "also of a server without ETags"
    assert not (device.home / "telltale.yaml.2").exists(), "it was written once"
    said = status(device)
    assert (said["on"], said["serial"], said["in_place"], said["failed"]) == (True, 17, True, None)


def test_nothing_is_off_by_itself(daemon):
    one = daemon(BEFORE).start()
    done = fetch(one)
    assert done.returncode == 1
    assert "provisioning is off" in done.stderr
    assert status(one)["on"] is False


def test_a_dry_run_changes_nothing(device, office, server):
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    done = fetch(device, "--dry-run")
    assert (done.returncode, done.stdout) == (0, "serial 17 would be taken over\n"), done.stderr
    assert device.config_path.read_text() == BEFORE
    assert not (device.state_dir / "provision.json").exists()


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


def test_keys_are_rolled(device, office, server):
    office.key("next")
    provision_yaml(device, office, server.url + "/telltale/{device}.yaml", keys=("fleet", "next"))
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    assert fetch(device).returncode == 0
    server.documents[PATH] = office.sign(configuration("oil"), 18, key="next")
    assert fetch(device).stdout == "serial 18 is taken over\n"


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


def test_a_daemon_that_does_not_come_back_gets_its_former_configuration(device, office, server, tmp_path):
    """It is killed when it has put the new one in place, and stays away: strace says when, at the sync of the directory."""
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    device.stop()
    device.prefix = ["strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-P", str(device.home),
                     "-e", "trace=fsync", "-e", "inject=fsync:signal=KILL:when=1"]  # fmt: skip
    device.start()
    done = fetch(device, "--patience", "1")
    device.prefix = []
    assert (done.returncode, "the former is in its place again" in done.stdout) == (1, True), done.stdout + done.stderr
    assert device.config_path.read_text() == BEFORE
    assert server.documents[PATH] in [path.read_bytes() for path in device.home.glob("telltale.yaml.*")], "it had been in place"
    device.start()
    assert inputs(device) == []


def test_without_a_daemon_it_is_checked_and_put_in_place_for_its_start(device, office, server):
    device.stop()
    server.documents[PATH] = office.sign("inputs: [{id: a, plugin: nobody}]\n", 16, "--unchecked")
    done = fetch(device)
    assert (done.returncode, device.config_path.read_text()) == (1, BEFORE), done.stdout
    assert "line 4, column" in done.stdout
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    done = fetch(device)
    assert done.returncode == 0, done.stderr
    assert "takes it over when it starts" in done.stdout
    device.start()
    device.wait_for_series("oil.wave")
    assert fetch(device).stdout == "nothing new: serial 17\n"


@pytest.mark.parametrize("call", ["rename:signal=KILL:when=1", "rename:signal=KILL:when=2", "rename:signal=KILL:when=3",
                                  "fsync:signal=KILL:when=1", "fsync:signal=KILL:when=2", "fsync:signal=KILL:when=3"])  # fmt: skip
def test_killed_anywhere_either_configuration_is_whole_and_the_next_round_goes_on(device, office, server, tmp_path, call):
    device.stop()
    document = office.sign(configuration("oil"), 17)
    server.documents[PATH] = document
    trace = ["strace", "-qq", "-o", str(tmp_path / "trace"), "-e", "trace=rename,fsync", "-e", f"inject={call}"]
    done = fetch(device, prefix=trace)
    assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), f"{done.returncode}: {done.stdout}{done.stderr}"
    assert device.config_path.read_bytes() in (BEFORE.encode(), document)
    done = fetch(device)
    assert done.returncode == 0, done.stdout + done.stderr
    assert device.config_path.read_bytes() == document
    assert status(device)["serial"] == 17


def test_a_serial_whose_rounds_are_cut_short_is_given_up(device, office, server, tmp_path):
    device.stop()
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    trace = ["strace", "-qq", "-o", str(tmp_path / "trace"), "-P", str(device.config_path), "-e", "trace=link,rename",
             "-e", "inject=link,rename:signal=KILL:when=1"]  # fmt: skip
    for _ in range(3):
        assert fetch(device, prefix=trace).returncode != 0
        device.config_path.write_text(BEFORE)
    done = fetch(device)
    assert (done.returncode, "3 rounds with it were cut short" in done.stdout) == (1, True), done.stdout


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


def test_over_tls_with_a_login(daemon, office, tmp_path):
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("server", "IP:127.0.0.1"))
    server = Server(context)
    try:
        one = daemon(BEFORE).start()
        secrets = one.home / "secrets.yaml"
        secrets.write_text("fleet: hunter22\n")
        secrets.chmod(0o600)
        server.documents["/a.yaml"] = office.sign(configuration("oil"), 1)
        provision_yaml(one, office, server.url + "/a.yaml")
        done = fetch(one)
        assert (done.returncode, server.asked) == (69, []), "a certificate that nobody vouches for"
        provision_yaml(one, office, server.url + "/a.yaml", f"ca: {authority.ca}", "user: press", "password: !secret fleet")
        done = fetch(one)
        assert done.returncode == 0, done.stderr
        assert server.asked == [("/a.yaml", 200, "Basic cHJlc3M6aHVudGVyMjI=")]
    finally:
        server.stop()


def test_nothing_for_the_device_and_no_server(device, server):
    done = fetch(device)
    assert (done.returncode, done.stdout) == (0, "there is nothing for press-7\n")
    server.stop()
    done = fetch(device)
    assert done.returncode == 69
    assert server.url in done.stderr
    assert status(device)["outcome"].startswith(server.url)


def test_every_mistake_in_provision_yaml_is_named_with_its_place(device):
    (device.home / "provision.yaml").write_text("from: ftp://example.org\nkey: fleet.pub\nuser: a\nurl: x\npassword: abc\n")
    done = fetch(device)
    assert done.returncode == 78
    found = set(re.findall(r"provision\.yaml:(\d+):\d+: error", done.stderr))
    assert found == {"1", "2", "4", "5"}, done.stderr


def test_openssl_says_the_same_of_keys_and_signatures(office, tmp_path):
    document = office.sign(configuration("oil"), 17)
    covered, line = document.rsplit(b"# signature: ", 1)
    (tmp_path / "covered").write_bytes(covered)
    import base64

    (tmp_path / "signature").write_bytes(base64.b64decode(line, validate=False))
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", office.home / "fleet.pub", "-rawin",
                    "-in", tmp_path / "covered", "-sigfile", tmp_path / "signature"], check=True, capture_output=True)  # fmt: skip
    assert (office.home / "fleet.key").stat().st_mode & 0o777 == 0o600


def test_signing_and_verifying(office, tmp_path):
    plain = tmp_path / "wrong.yaml"
    plain.write_text("inputs: 7\n")
    words = ["--key", str(office.home / "fleet.key"), "--for", "press-*"]
    assert office.tool("sign", str(plain), *words, "--serial", "1", check=False).returncode == 78
    plain.write_text(configuration("oil"))
    for bad in (["--serial", "0"], ["--serial", "1", "--until", "tomorrow"], ["--serial", "1", "--until", "now"], ["--serial", "1", "--for", "a b"]):
        assert office.tool("sign", str(plain), *words, *bad, check=False).returncode == 2, bad
    signed = tmp_path / "signed.yaml"
    office.tool("sign", str(plain), *words, "--serial", "3", "--until", "2100-01-01T00:00:00Z", "-o", str(signed))
    assert office.tool("sign", str(plain), *words, "--serial", "4", "-o", str(signed), check=False).returncode == 1, "it is there"
    public = ["--key", str(office.home / "fleet.pub")]
    assert b"serial 3, for press-*, until 2100-01-01" in office.tool("verify", str(signed), *public, "--device", "press-7").stdout
    assert office.tool("verify", str(signed), *public, "--device", "pump-7", check=False).returncode == 1
    assert office.tool("verify", str(plain), *public, check=False).returncode == 1
    assert office.tool("sign", str(signed), *words, "--serial", "4", check=False).returncode == 2, "signed already"
    assert office.tool("key", str(office.home / "fleet"), check=False).returncode == 1, "a key is never overwritten"
    (office.home / "fleet.key").chmod(0o644)
    assert office.tool("sign", str(plain), *words, "--serial", "5", check=False).returncode == 77, "others may read it"
