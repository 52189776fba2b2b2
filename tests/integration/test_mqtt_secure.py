"""The mqtt input over TLS, mutual TLS and WebSockets, against a real mosquitto."""
import pytest
from harness import free_port, wait_until
from mosquitto import Authority, Broker

CONFIG = """
inputs:
  - id: broker
    plugin: mqtt
    options:
      url: {url}
      version: {version}
      {more}
      subscribe: [{{topic: "t/#"}}]
"""


@pytest.fixture
def secure():
    """A broker with a plain listener, TLS, mutual TLS, and a WebSocket with and without TLS."""
    one = Broker()
    authority = Authority(one.home)
    cert, key = authority.sign("broker", "DNS:localhost,IP:127.0.0.1")
    one.ports = {name: free_port() for name in ("tls", "mutual", "ws", "wss")}
    tls = f"cafile {authority.ca}\ncertfile {cert}\nkeyfile {key}\nallow_anonymous true\n"
    one.extra = (
        "allow_anonymous true\n"
        f"listener {one.ports['tls']} 127.0.0.1\n{tls}"
        f"listener {one.ports['mutual']} 127.0.0.1\n{tls}require_certificate true\n"
        f"listener {one.ports['ws']} 127.0.0.1\nprotocol websockets\nallow_anonymous true\n"
        f"listener {one.ports['wss']} 127.0.0.1\nprotocol websockets\n{tls}"
    )
    one.authority = authority
    one.start()
    yield one
    one.clean_up()


def connected(one) -> bool:
    return one.input("broker")["state"] == "running" and "connected to the broker" in one.log()


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@pytest.mark.parametrize("scheme, listener", [("mqtts", "tls"), ("ws", "ws"), ("wss", "wss"), ("mqtts", "mutual")])
def test_readings_come_over_every_transport(daemon, secure, scheme, listener, version):
    more = ""
    if scheme.endswith("s") and scheme != "ws":
        own = ""
        if listener == "mutual":
            cert, key = secure.authority.sign("client")
            own = f", cert: {cert}, key: {key}"
        more = f"tls: {{ca: {secure.authority.ca}{own}}}"
    url = f"{scheme}://localhost:{secure.ports[listener]}"
    one = daemon(CONFIG.format(url=url, version=version, more=more)).start()
    wait_until("it is subscribed", lambda: connected(one))
    secure.publish("t/a", "21.5")
    assert one.wait_for_series("t.a")["t.a"]["value"] == 21.5


@pytest.mark.parametrize("case", ["no ca", "wrong name", "no certificate"])
def test_a_broker_that_cannot_be_trusted_is_refused_in_words(daemon, secure, case):
    listener = "mutual" if case == "no certificate" else "tls"
    more = "" if case == "no ca" else f"tls: {{ca: {secure.authority.ca}}}"
    if case == "wrong name":
        cert, key = secure.authority.sign("other", "DNS:other.example")
        secure.stop()
        secure.extra = secure.extra.replace("broker.pem", cert.name).replace("broker.key", key.name)
        secure.start()
    url = f"mqtts://localhost:{secure.ports[listener]}"
    one = daemon(CONFIG.format(url=url, version="3.1.1", more=more)).start()
    wait_until("it says why", lambda: "TLS fails" in one.log(), 20)
    secure.publish("t/a", "21.5", "-r")
    assert one.latest("t.a") == {}


def test_an_unverified_broker_is_taken_only_when_asked_for(daemon, secure):
    url = f"mqtts://localhost:{secure.ports['tls']}"
    one = daemon(CONFIG.format(url=url, version="5", more="tls: {verify: false}")).start()
    wait_until("it is subscribed", lambda: connected(one))
