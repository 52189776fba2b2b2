"""A device takes its configuration from a server: signed, checked, taken over by a daemon that runs."""
import base64
import os
import ssl
import subprocess

from harness import TELLTALE
from mosquitto import Authority
from provision import BEFORE, Server, configuration, device, fetch, office, provision_yaml, server, status  # noqa: F401

PATH = "/telltale/press-7.yaml"


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


def test_keys_are_rolled(device, office, server):
    office.key("next")
    provision_yaml(device, office, server.url + "/telltale/{device}.yaml", keys=("fleet", "next"))
    server.documents[PATH] = office.sign(configuration("oil"), 17)
    assert fetch(device).returncode == 0
    server.documents[PATH] = office.sign(configuration("oil"), 18, key="next")
    assert fetch(device).stdout == "serial 18 is taken over\n"


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


def test_openssl_says_the_same_of_keys_and_signatures(office, tmp_path):
    document = office.sign(configuration("oil"), 17)
    covered, line = document.rsplit(b"# signature: ", 1)
    (tmp_path / "covered").write_bytes(covered)
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
