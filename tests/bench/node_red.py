"""Node-RED with its dashboard, as a peer: one number of an MQTT topic on one page. Installed by npm for the moment."""
import contextlib
import json
import pathlib
import subprocess
import tempfile
import urllib.request

from harness import free_port, wait_until
from report import progress

# What was looked at when this was written; newer ones may name things otherwise.
PACKAGES = ("node-red@4", "@flowfuse/node-red-dashboard@1")
VALUE = ".nrdb-ui-text-value"
PATH = "/dashboard/page"


def flows(mqtt_port: int, topic: str) -> list[dict]:
    return [
        {"id": "bench-tab", "type": "tab", "label": "bench"},
        {"id": "bench-broker", "type": "mqtt-broker", "broker": "127.0.0.1", "port": str(mqtt_port), "protocolVersion": "4", "keepalive": "60", "cleansession": True},
        {"id": "bench-base", "type": "ui-base", "name": "bench", "path": "/dashboard", "includeClientData": True, "acceptsClientConfig": []},
        {"id": "bench-theme", "type": "ui-theme", "name": "plain", "colors": {}, "sizes": {}},
        {"id": "bench-page", "type": "ui-page", "name": "page", "ui": "bench-base", "path": "/page", "layout": "grid", "theme": "bench-theme", "order": 1, "visible": "true", "disabled": "false"},
        {"id": "bench-group", "type": "ui-group", "name": "group", "page": "bench-page", "width": "6", "height": "1", "order": 1, "visible": "true", "disabled": "false"},
        {"id": "bench-in", "type": "mqtt in", "z": "bench-tab", "topic": topic, "qos": "0", "datatype": "json", "broker": "bench-broker", "wires": [["bench-pick"]]},
        {
            "id": "bench-pick", "type": "change", "z": "bench-tab", "wires": [["bench-text"]],
            "rules": [{"t": "set", "p": "payload", "pt": "msg", "to": "payload.value", "tot": "msg"}],
        },
        {"id": "bench-text", "type": "ui-text", "z": "bench-tab", "group": "bench-group", "order": 1, "width": 0, "height": 0, "label": "value", "format": "{{msg.payload}}", "layout": "row-left", "wires": []},
    ]


@contextlib.contextmanager
def node_red(mqtt_port: int, topic: str):
    """Runs it on a port of its own; gives the address."""
    with tempfile.TemporaryDirectory(prefix="telltale-node-red-") as name:
        home = pathlib.Path(name)
        (home / "package.json").write_text('{"name": "bench", "private": true}\n')
        progress("page: npm installs Node-RED and its dashboard")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES], cwd=home, check=True, stdout=subprocess.DEVNULL, timeout=600)
        progress(f"page: {versions(home)}")
        (home / "flows.json").write_text(json.dumps(flows(mqtt_port, topic)))
        port = free_port()
        (home / "settings.js").write_text(
            'module.exports = {flowFile: "flows.json", uiHost: "127.0.0.1", disableEditor: true, credentialSecret: false,\n'
            '  telemetry: {enabled: false}, logging: {console: {level: "warn"}}};\n'
        )
        log = (home / "log.txt").open("w")
        process = subprocess.Popen(
            ["node", "node_modules/node-red/red.js", "--userDir", name, "--settings", "settings.js", "--port", str(port)],
            cwd=home, stdout=log, stderr=log,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until("Node-RED serves its dashboard", lambda: answers(url + PATH, process, home), 180)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()


def answers(url: str, process: subprocess.Popen, home: pathlib.Path) -> bool:
    assert process.poll() is None, (home / "log.txt").read_text()
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def versions(home: pathlib.Path) -> str:
    names = ("node-red", "@flowfuse/node-red-dashboard")
    return ", ".join(f"{name} {json.loads((home / 'node_modules' / name / 'package.json').read_text())['version']}" for name in names)
