"""A device takes its configuration from what a broker retains."""
import subprocess

from harness import free_port
from mosquitto import Authority, Broker
from provision import BEFORE, configuration, fetch, office, provision_yaml  # noqa: F401

TOPIC = "telltale/press-7/config"


def test_what_is_retained_is_taken_over(daemon, office, broker):
    one = daemon(BEFORE).start()
    provision_yaml(one, office, broker.url + "/telltale/{device}/config")
    done = fetch(one)
    assert (done.returncode, done.stdout) == (0, "there is nothing for press-7\n"), done.stderr
    broker.publish_bytes(TOPIC, office.sign(configuration("oil"), 17), "-r")
    done = fetch(one)
    assert (done.returncode, done.stdout) == (0, "serial 17 is taken over\n"), done.stderr
    one.wait_for_series("oil.wave")
    assert fetch(one).stdout == "nothing new: serial 17\n"
    broker.publish_bytes(TOPIC, office.sign(configuration("water"), 16), "-r")
    assert "is older than 17" in fetch(one).stdout
    broker.publish_bytes(TOPIC, b"#" * (1 << 20) + b"\n", "-r")
    done = fetch(one)
    assert (done.returncode, "is larger than 1048576 bytes" in done.stderr) == (69, True), done.stderr
    broker.stop()
    done = fetch(one)
    assert (done.returncode, broker.url in done.stderr) == (69, True), done.stderr


def test_over_tls_with_a_login(daemon, office, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.sign("broker", "IP:127.0.0.1")
    port = free_port()
    broker = Broker("allow_anonymous true\n"
                    f"listener {port} 127.0.0.1\ncafile {authority.ca}\ncertfile {certificate}\nkeyfile {key}\nallow_anonymous false\n")  # fmt: skip
    broker.extra = ("per_listener_settings true\n" + broker.extra + f"password_file {tmp_path / 'passwords'}\n")
    broker.ports["tls"] = port
    subprocess.run(["mosquitto_passwd", "-b", "-c", tmp_path / "passwords", "press", "hunter22"], check=True, capture_output=True)
    try:
        broker.start()
        one = daemon(BEFORE).start()
        secrets = one.home / "secrets.yaml"
        secrets.write_text("fleet: hunter22\n")
        secrets.chmod(0o600)
        place = f"mqtts://127.0.0.1:{port}/{TOPIC}"
        provision_yaml(one, office, place, f"ca: {authority.ca}")
        assert fetch(one).returncode == 69, "nobody is let in without a login"
        provision_yaml(one, office, place, f"ca: {authority.ca}", "user: press", "password: !secret fleet")
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "--cafile", authority.ca, "-u", "press", "-P", "hunter22",
                        "-t", TOPIC, "-r", "-s"], check=True, timeout=10, input=office.sign(configuration("oil"), 1))  # fmt: skip
        done = fetch(one)
        assert done.returncode == 0, done.stderr
        provision_yaml(one, office, place, "user: press", "password: !secret fleet")
        assert fetch(one).returncode == 69, "a certificate that nobody vouches for"
    finally:
        broker.clean_up()
