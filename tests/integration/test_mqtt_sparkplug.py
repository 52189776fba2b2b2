"""The sparkplug preset against an edge node written elsewhere, the npm package sparkplug-client."""
import queue
import subprocess
import threading

import pytest
from harness import ROOT, wait_until
from sparkplug import installed

EXAMPLE = (ROOT / "config/examples/mqtt-sparkplug.yaml").read_text()


@pytest.fixture(scope="session")
def program():
    return installed() / "node.cjs"


class EdgeNode:
    def __init__(self, program, port: int):
        self.process = subprocess.Popen(["node", program, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(line.strip()) for line in self.process.stdout], daemon=True).start()

    def wait_for(self, text: str) -> None:
        while (line := self.lines.get(timeout=60)) != text:
            assert not line.startswith("error"), line

    def do(self, action: str) -> None:
        self.process.stdin.write(action + "\n")
        self.process.stdin.flush()
        self.wait_for("done " + action.split()[0])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def edge_node(program, broker):
    nodes: list[EdgeNode] = []

    def make() -> EdgeNode:
        nodes.append(EdgeNode(program, broker.port))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture
def one(daemon, broker):
    started = daemon(EXAMPLE.replace("mqtt://127.0.0.1:1883", broker.url)).start()
    wait_until("it is subscribed", lambda: "connected to the broker" in started.log())
    return started


def has(one, key: str, value=None, quality: str = "good") -> bool:
    row = one.latest(key).get(key)
    return row is not None and row["quality"] == quality and (value is None or row["value"] == value)


def test_births_data_and_deaths_of_a_real_edge_node(one, edge_node):
    node = edge_node()
    node.wait_for("born 1")
    wait_until("the birth is there", lambda: has(one, "plant.edge.press.oil.pressure", 1.5))
    assert has(one, "plant.edge.temperature", 20.5) and has(one, "plant.edge.level", -7)
    assert has(one, "plant.edge.total", 123456789012)
    node.do("node 25.25")
    node.do("device 2.5")
    wait_until("the data are there", lambda: has(one, "plant.edge.temperature", 25.25) and has(one, "plant.edge.press.oil.pressure", 2.5))
    node.do("device-death")
    wait_until("the device is bad", lambda: has(one, "plant.edge.press.oil.pressure", quality="bad"))
    assert has(one, "plant.edge.temperature", 25.25)
    node.kill()  # its will is its death
    wait_until("the node is bad", lambda: has(one, "plant.edge.temperature", quality="bad"), 30)


def test_an_edge_node_whose_birth_was_missed_is_asked_for_it(daemon, broker, edge_node):
    node = edge_node()
    node.wait_for("born 1")
    late = daemon(EXAMPLE.replace("mqtt://127.0.0.1:1883", broker.url)).start()
    wait_until("it is subscribed", lambda: "connected to the broker" in late.log())
    node.do("node 30")
    node.wait_for("born 2")
    wait_until("the birth is there", lambda: has(late, "plant.edge.press.oil.pressure", 1.5))
    assert late.input("broker")["counters"]["sparkplug.rebirth_asked"] == 1
    node.do("node 31")
    wait_until("the data go on", lambda: has(late, "plant.edge.temperature", 31))
