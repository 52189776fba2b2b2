"""Alarms by mail and MQTT: to a real SMTP server, with STARTTLS and a login, and to a real broker."""
import contextlib
import email
import email.policy
import json
import socket
import ssl
import subprocess
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from harness import BUILD, SLOWNESS, free_port, wait_until
from mosquitto import Authority, Broker
from oil import post, watched

MESSENGER = BUILD / "bin/telltale-messenger"

CONFIG = """
device: {{name: press-7}}
storage: {{commit: 1h}}
inputs: []
notify:
{notify}
rules:
  - {{name: "Öl heiß", when: "oil > 80", message: "Ventil öffnen"}}
"""


class Catcher:
    """Takes mails; `refuses`: whom it does not know."""

    def __init__(self, refuses: str = ""):
        self.mails: list = []
        self.refuses = refuses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == self.refuses:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope, session.ssl is not None, session.authenticated))
        return "250 Message accepted for delivery"


class Server(Controller):
    """On a port that the kernel gives."""

    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)


@pytest.fixture
def smtp():
    made = []

    def make(handler, **options) -> Server:
        server = Server(handler, hostname="127.0.0.1", port=free_port(), **options)
        server.start()
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def tls(authority):
    """Of a server on this machine. By address: see test_mqtt_secure.py."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("server", "IP:127.0.0.1"))
    return context


def secret(one) -> None:
    path = one.config_path.parent / "secrets.yaml"
    path.write_text("mail: hunter22\n")
    path.chmod(0o600)


def fire(one) -> None:
    watched(one)
    post(one, 85)


def target(one, name: str) -> dict:
    return next(item for item in one.get("/api/v1/notify") if item["id"] == name)


def test_a_mail_says_what_fires_over_starttls_and_after_a_login(daemon, smtp, authority, tls):
    catcher = Catcher()
    known = lambda server, session, envelope, mechanism, data: AuthResult(  # noqa: E731
        success=isinstance(data, LoginPassword) and (data.login, data.password) == (b"press", b"hunter22"))
    server = smtp(catcher, tls_context=tls, require_starttls=True, authenticator=known, auth_required=True)
    one = daemon(CONFIG.format(notify=f"""
  - id: mail
    group: 0s
    email: {{server: "smtp://127.0.0.1:{server.port}", from: press-7@plant.example, to: [anna@plant.example, ben@plant.example],
            user: press, password: !secret mail, ca: {authority.ca}}}"""))
    secret(one)
    one.start()
    fire(one)
    wait_until("it is told", lambda: catcher.mails)
    envelope, encrypted, logged_in = catcher.mails[0]
    assert encrypted and logged_in
    assert envelope.mail_from == "press-7@plant.example" and envelope.rcpt_tos == ["anna@plant.example", "ben@plant.example"]
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert mail["Subject"] == "press-7: Öl heiß fires" and mail["To"] == "anna@plant.example, ben@plant.example"
    assert mail["Auto-Submitted"] == "auto-generated" and "@plant.example>" in mail["Message-ID"]
    assert mail.get_content().strip() == "press-7: Öl heiß fires (warning): 85. Ventil öffnen"
    post(one, 70)
    wait_until("its end is told", lambda: len(catcher.mails) == 2)
    assert email.message_from_bytes(catcher.mails[1][0].content, policy=email.policy.default)["Subject"] == "press-7: Öl heiß is over"
    wait_until("it is known", lambda: target(one, "mail")["told"] is not None)
    assert target(one, "mail")["way"] == "email" and target(one, "mail")["problem"] == ""
    assert "hunter22" not in one.request("GET", "/api/v1/config").text + one.log()


def test_a_mail_that_is_refused_says_why_and_a_server_without_tls_gets_none(daemon, smtp):
    refusing, plain = Catcher("nobody@plant.example"), Catcher()
    one = daemon(CONFIG.format(notify=f"""
  - {{id: wrong, group: 0s, tries: 1, email: {{server: "smtp://127.0.0.1:{smtp(refusing).port}", starttls: false, from: a@plant.example, to: nobody@plant.example}}}}
  - {{id: plain, group: 0s, tries: 1, email: {{server: "smtp://127.0.0.1:{smtp(plain).port}", from: a@plant.example, to: b@plant.example}}}}
  - {{id: gone, group: 0s, tries: 1, email: {{server: "smtp://127.0.0.1:1", from: a@plant.example, to: b@plant.example}}}}
""")).start()
    fire(one)
    wait_until("all are given up", lambda: all(target(one, name)["dropped"] == 1 for name in ("wrong", "plain", "gone")))
    assert "550 5.1.1 no such user here" in target(one, "wrong")["problem"]
    assert "offers no TLS" in target(one, "plain")["problem"] and not plain.mails and not refusing.mails
    assert "127.0.0.1:1" in target(one, "gone")["problem"]
    answer = json.loads(one.request("POST", "/api/v1/notify/wrong/test", "").body)
    assert answer[0]["sent"] is False and "no such user here" in answer[0]["detail"]


def test_one_address_that_is_gone_keeps_the_mail_from_nobody_else(daemon, smtp):
    catcher = Catcher("gone@plant.example")
    one = daemon(CONFIG.format(notify=f"""
  - {{id: mail, group: 0s, email: {{server: "smtp://127.0.0.1:{smtp(catcher).port}", starttls: false, from: a@plant.example, to: [gone@plant.example, b@plant.example]}}}}
""")).start()
    fire(one)
    wait_until("it is told", lambda: target(one, "mail")["told"] is not None)
    assert [envelope.rcpt_tos for envelope, *_ in catcher.mails] == [["b@plant.example"]]
    assert "no such user here" in target(one, "mail")["problem"] and target(one, "mail")["dropped"] == 0


def test_a_wrong_password_and_a_certificate_of_nobody_send_nothing(daemon, smtp, authority, tls):
    catcher = Catcher()
    nobody = lambda server, session, envelope, mechanism, data: AuthResult(success=False, handled=False)  # noqa: E731
    server = smtp(catcher, tls_context=tls, require_starttls=True, authenticator=nobody, auth_required=True)
    login = "from: a@plant.example, to: b@plant.example, user: a, password: !secret mail"
    one = daemon(CONFIG.format(notify=f"""
  - {{id: wrong, group: 0s, tries: 1, email: {{server: "smtp://127.0.0.1:{server.port}", ca: {authority.ca}, {login}}}}}
  - {{id: unknown, group: 0s, tries: 1, email: {{server: "smtp://127.0.0.1:{server.port}", {login}}}}}
"""))
    secret(one)
    one.start()
    fire(one)
    wait_until("both are given up", lambda: all(target(one, name)["dropped"] == 1 for name in ("wrong", "unknown")))
    assert "535" in target(one, "wrong")["problem"]
    assert "certificate" in target(one, "unknown")["problem"]
    assert not catcher.mails and "hunter22" not in one.log()


def test_nothing_of_a_rule_gets_into_the_head_of_a_mail(daemon, smtp):
    catcher = Catcher()
    one = daemon(CONFIG.format(notify=f"""
  - {{id: mail, group: 0s, email: {{server: "smtp://127.0.0.1:{smtp(catcher).port}", starttls: false, from: a@plant.example, to: b@plant.example, subject: "{{labels}}"}}}}
""")).start()
    post(one, 70)
    assert one.request("POST", "/api/v1/write", 'oil,x=a\\ Bcc:\\ eve@plant.example value=90\n').status == 204
    wait_until("it is told", lambda: catcher.mails)
    envelope, *_ = catcher.mails[0]
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert envelope.rcpt_tos == ["b@plant.example"] and mail["Bcc"] is None and "Bcc: eve" in mail["Subject"]


def heard(port: int, *options: str) -> str:
    """The topic, whether it was kept, and the text of one message."""
    command = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", "plant/#", "-C", "1", "-W", "20", "-F", "%t %r %p", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_mqtt_has_the_alarm(daemon, broker):
    one = daemon(CONFIG.format(notify=f"""
  - {{id: plant, group: 0s, mqtt: {{url: "{broker.url}", topic: "plant/{{device}}/alarms/{{rule}}", retain: true}}}}
  - {{id: gone, group: 0s, tries: 1, mqtt: {{url: "mqtt://127.0.0.1:1", topic: a}}}}
""")).start()
    fire(one)
    topic, rest = heard(broker.port).split("/alarms/", 1)
    assert topic == "plant/press-7" and rest.startswith("Öl heiß ")
    said = json.loads(rest[rest.index("{"):])
    assert said["alarms"][0]["state"] == "firing" and said["device"] == "press-7"
    wait_until("the other is given up", lambda: target(one, "gone")["dropped"] == 1)
    assert target(one, "gone")["problem"].endswith("127.0.0.1:1: no broker answers there")


def test_mqtt_over_tls_with_a_login_and_a_text_of_ones_own(daemon, authority):
    broker = Broker()
    cert, key = authority.sign("broker", "IP:127.0.0.1")
    subprocess.run(["mosquitto_passwd", "-b", "-c", authority.home / "users", "press", "hunter22"], check=True, capture_output=True)
    broker.ports["tls"] = free_port()
    broker.extra = (f"allow_anonymous false\npassword_file {authority.home}/users\n"
                    f"listener {broker.ports['tls']} 127.0.0.1\ncafile {authority.ca}\ncertfile {cert}\nkeyfile {key}\n")  # fmt: skip
    broker.start()
    try:
        url, ca = f"mqtts://127.0.0.1:{broker.ports['tls']}", f"ca: {authority.ca}"
        one = daemon(CONFIG.format(notify=f"""
  - {{id: plant, group: 0s, body: "{{rule}}: {{state}}", mqtt: {{url: "{url}", topic: plant/alarm, retain: true, user: press, password: !secret mail, {ca}}}}}
  - {{id: nobody, group: 0s, tries: 1, mqtt: {{url: "{url}", topic: plant/no, {ca}}}}}
  - {{id: unknown, group: 0s, tries: 1, mqtt: {{url: "{url}", topic: plant/no, user: press, password: !secret mail}}}}
"""))
        secret(one)
        one.start()
        fire(one)
        wait_until("it is told", lambda: target(one, "plant")["told"] is not None)
        assert heard(broker.port, "-u", "press", "-P", "hunter22") == "plant/alarm 1 Öl heiß: firing\n"
        wait_until("the others are given up", lambda: all(target(one, name)["dropped"] == 1 for name in ("nobody", "unknown")))
        assert "not allow" in target(one, "nobody")["problem"]
        assert "certificate" in target(one, "unknown")["problem"] and "hunter22" not in one.log()
    finally:
        broker.clean_up()


class Silent:
    """Accepts, says `greeting`, and then nothing."""

    def __init__(self, greeting: bytes):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, args=(greeting,))
        self.thread.start()

    def serve(self, greeting: bytes) -> None:
        with self.socket, self.socket.accept()[0] as peer:
            with contextlib.suppress(ConnectionError):  # it may hang up in the middle of it
                peer.sendall(greeting)
                while peer.recv(65536):
                    pass


@pytest.mark.parametrize("greeting", [b"", b"220 mail.example.org\r\n", b"\x00\xff" * 100_000, b"220-" + b"x" * 200_000], ids=["none", "mail", "bytes", "line"])
@pytest.mark.parametrize("way", ["email", "mqtt"])
def test_a_server_that_says_nothing_more_has_its_time(way, greeting):
    server = Silent(greeting)
    scheme = "smtp" if way == "email" else "mqtt"
    job = {"way": way, "url": f"{scheme}://127.0.0.1:{server.port}", "time": 1, "from": "a@plant.example", "to": ["b@plant.example"], "mail": "x", "topic": "a"}
    done = subprocess.run([MESSENGER], input=json.dumps(job), capture_output=True, text=True, timeout=15 * SLOWNESS)
    server.thread.join(10)
    assert done.returncode == 1 and done.stdout.count("\n") == 1 and len(done.stdout) > 10, done


@pytest.mark.parametrize("job", ["", "{", "[]", "{}", '{"way": 7}', '{"way": "email"}', '{"way": "mqtt"}', '{"way": "mqtt", "url": "x"}',
                                 '{"way": "email", "url": "file:///etc/passwd", "to": ["a@b"], "from": "a@b"}',
                                 '{"way": "mqtt", "url": "mqtt://", "time": -5}', "x" * 3_000_000], ids=range(11))  # fmt: skip
def test_a_job_that_is_none_is_refused(job):
    done = subprocess.run([MESSENGER], input=job, capture_output=True, text=True, timeout=15 * SLOWNESS)
    assert done.returncode == 1 and done.stdout.strip() and "passwd" not in done.stdout, done
