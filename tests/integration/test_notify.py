"""Who is told of alarms: a webhook and a program get it, a failing one gets it later, a hostile one harms nobody."""
import http.server
import json
import queue
import threading

import pytest
from harness import wait_until
from oil import post, state, watched

CONFIG = """
device: {{name: press-7}}
storage: {{commit: 1h}}
inputs: []
notify:
{notify}
rules:
  - {{name: oil hot, when: "oil > 80", message: "open the valve"}}
"""


class Hook:
    """A web server that answers as `answers` says, one after the other, and then 204."""

    def __init__(self, answers=()):
        self.got: queue.Queue = queue.Queue()
        answers, got = list(answers), self.got

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = answers.pop(0) if answers else 204
                got.put((self.path, dict(self.headers), body.decode(), answer))
                if callable(answer):
                    return answer(self)
                self.send_response(answer)
                if answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=s3cret"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.got.get(timeout=20)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook():
    made = []

    def make(*answers) -> Hook:
        made.append(Hook(answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_webhook_is_told_of_begin_and_end(daemon, hook):
    server = hook()
    one = daemon(CONFIG.format(notify=f'  - {{id: ops, group: 0s, webhook: {{url: "{server.url}", headers: "X-Who: me"}}}}')).start()
    watched(one)
    post(one, 85)
    path, headers, body, _ = server.next()
    assert path == "/hook?key=s3cret" and headers["X-Who"] == "me" and headers["Content-Type"] == "application/json"
    said = json.loads(body)
    assert said["device"] == "press-7" and said["text"] == "press-7: oil hot fires (warning): 85. open the valve"
    assert said["alarms"][0]["rule"] == "oil hot" and said["alarms"][0]["state"] == "firing"
    post(one, 70)
    said = json.loads(server.next()[2])
    assert said["alarms"][0]["state"] == "cleared" and said["alarms"][0]["was"] == "firing"
    assert one.tool("alarm", "test", "oil hot").stdout == "ops: told\n"
    said = json.loads(server.next()[2])
    assert said["test"] is True and said["text"].startswith("[test] press-7: oil hot")
    assert one.stop() == 0
    assert "s3cret" not in one.log()


def test_a_failing_webhook_is_tried_again_and_a_redirect_is_not_followed(daemon, hook):
    server = hook(500, 302)
    one = daemon(CONFIG.format(notify=f'  - {{id: ops, group: 0s, webhook: {{url: "{server.url}", body: "{{text}}", type: text/plain}}}}')).start()
    watched(one)
    post(one, 85)
    tries = [server.next() for _ in range(3)]
    assert [row[3] for row in tries] == [500, 302, 204]
    assert {row[2] for row in tries} == {"press-7: oil hot fires (warning): 85. open the valve"}
    assert "it is tried again" in one.log() and "s3cret" not in one.log()
    assert server.got.empty()


def endless(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        pass


def test_an_endless_answer_is_cut_off(daemon, hook):
    server = hook(endless)
    one = daemon(CONFIG.format(notify=f'  - {{id: ops, group: 0s, webhook: {{url: "{server.url}"}}}}')).start()
    watched(one)
    post(one, 85)
    server.next()
    post(one, 70)
    assert json.loads(server.next()[2])["alarms"][0]["state"] == "cleared"


def test_a_dead_webhook_delays_neither_readings_nor_the_end(daemon):
    one = daemon(CONFIG.format(notify='  - {id: ops, group: 0s, webhook: {url: "http://127.0.0.1:1/"}}')).start()
    watched(one)
    post(one, 85)
    wait_until("it was tried", lambda: "it is tried again" in one.log())
    assert state(one) == "firing"
    done = one.tool("alarm", "test", "oil hot", check=False)
    assert done.returncode == 1 and "127.0.0.1:1" in done.stdout
    assert one.stop() == 0


def test_a_program_is_told(daemon, tmp_path):
    out = tmp_path / "out"
    horn = tmp_path / "horn"
    horn.write_text(f'#!/bin/sh\ncat > {out}.new\necho "$TELLTALE_RULE $TELLTALE_STATE $1" >> {out}.new\nmv {out}.new {out}\n')
    horn.chmod(0o755)
    one = daemon(CONFIG.format(notify=f"  - {{id: horn, group: 0s, command: [{horn}, loud]}}\n  - {{id: lost, group: 0s, command: /nowhere/horn, tries: 1}}")).start()
    watched(one)
    post(one, 85)
    wait_until("it ran", out.exists)
    first, second = out.read_text().splitlines()
    assert json.loads(first)["alarms"][0]["value"] == 85 and second == "oil hot firing loud"
    wait_until("the other is given up", lambda: "lost was not told" in one.log())


def escalating(ops: Hook, chief: Hook) -> str:
    notify = "\n".join(f'  - {{id: {name}, group: 0s, webhook: {{url: "{server.url}"}}}}' for name, server in (("ops", ops), ("chief", chief)))
    return CONFIG.format(notify=notify).replace('valve"}', 'valve", notify: ops, escalate: [{after: 3s, notify: [chief]}]}')


def said(server: Hook) -> tuple[str, bool]:
    message = json.loads(server.next()[2])
    return message["alarms"][0]["state"], message["escalated"]


def test_what_nobody_acknowledges_is_told_to_more(daemon, hook):
    ops, chief = hook(), hook()
    one = daemon(escalating(ops, chief)).start()
    watched(one)
    post(one, 85)
    assert said(ops) == ("firing", False)
    assert said(chief) == ("firing", True)
    one.tool("alarm", "ack", "oil hot")
    post(one, 70)
    assert (said(ops), said(chief)) == (("inactive", False), ("inactive", False)), "who was told hears the end"
    assert one.tool("alarm", "test", "oil hot").stdout == "ops: told\nchief: told\n"


def test_a_restart_neither_tells_again_nor_forgets_whom_to_tell(daemon, hook):
    ops, chief = hook(), hook()
    one = daemon(escalating(ops, chief)).start()
    watched(one)
    post(one, 85)
    assert said(ops) == ("firing", False)
    told = one.home / "state" / "told.json"
    wait_until("it is kept", lambda: told.exists() and "oil hot" in told.read_text())
    one.kill()
    one.start()
    assert said(chief) == ("firing", True)
    wait_until("it is kept", lambda: "chief" in told.read_text())
    one.kill()
    one.start()
    wait_until("it is as it was", lambda: state(one) == "firing")
    post(one, 70)
    assert (said(ops), said(chief)) == (("cleared", False), ("cleared", False)), "nobody was told twice"
    wait_until("nothing is left to remember", lambda: told.read_text() == "{}")
