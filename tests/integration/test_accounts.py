"""Setup, logins, sessions, users and tokens, as a stranger on the network meets them. A request that a proxy on the
device forwarded is one from the network, so that X-Forwarded-For stands for another machine here; test_access.py does
the same with real addresses."""
import asyncio
import concurrent.futures
import json
import os
import re
import signal
import stat
import subprocess

import pytest
import websockets
from harness import SLOWNESS, TELLTALE, wait_until

CONFIG = "server: {write: token}\ninputs: [{id: sim, plugin: simulator}]\n"
STRANGER = {"X-Forwarded-For": "192.0.2.7"}
SANITIZED = SLOWNESS > 1
ANNA = {"user": "anna", "password": "correct horse"}


def tool(one, *arguments: str, given: str = "") -> subprocess.CompletedProcess:
    command = [str(TELLTALE), "--run", str(one.run_dir), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60 * SLOWNESS)


def ask(one, method: str, path: str, body=None, cookie: str = "", **headers):
    """As a browser on another machine: it names its page and sends its cookie."""
    fields = STRANGER | {"Origin": one.url} | ({"Cookie": cookie} if cookie else {}) | headers
    return one.request(method, path, None if body is None else json.dumps(body), fields)


def cookie_of(answer) -> str:
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    return cookie.split(";")[0]


def setup_code(one) -> str:
    return re.search(r"setup code\s+([0-9A-Z]{4}-[0-9A-Z]{4})", tool(one, "status").stdout)[1]


@pytest.fixture
def fresh(daemon):
    return daemon(CONFIG).start()


@pytest.fixture
def anna(fresh):
    """(daemon, cookie of its first admin)"""
    answer = ask(fresh, "POST", "/api/v1/setup", {"code": setup_code(fresh)} | ANNA)
    assert answer.status == 200, answer.text
    return fresh, cookie_of(answer)


def test_a_new_device_is_set_up_once_with_the_code_that_it_shows_to_its_owner(fresh):
    state = ask(fresh, "GET", "/api/v1/session").json
    assert state == {"user": None, "can": [], "setup": True, "accounts": True}
    assert ask(fresh, "GET", "/").status == 200, "the page itself shows the setup"
    assert ask(fresh, "GET", "/api/v1/status").status == 401
    assert "setup_code" not in fresh.get("/api/v1/status"), "not over TCP, not even on loopback"
    code = setup_code(fresh)
    wrong = ask(fresh, "POST", "/api/v1/setup", {"code": "AAAA-AAAA"} | ANNA)
    assert wrong.status == 401 and "telltale status" in wrong.json["detail"]
    weak = ask(fresh, "POST", "/api/v1/setup", {"code": code, "user": "anna", "password": "short"})
    assert weak.status == 400 and "8 characters" in weak.json["detail"]
    done = ask(fresh, "POST", "/api/v1/setup", {"code": code.lower().replace("-", "")} | ANNA)
    assert done.status == 200 and done.json == {"user": "anna", "role": "admin"}
    again = ask(fresh, "POST", "/api/v1/setup", {"code": code, "user": "eve", "password": "correct horse"})
    assert again.status == 409
    assert "setup code" not in tool(fresh, "status").stdout
    state = ask(fresh, "GET", "/api/v1/session", cookie=cookie_of(done)).json
    assert state == {"user": "anna", "can": ["read", "write", "admin"], "setup": False, "accounts": True}


def test_a_session_opens_the_device_and_a_logout_closes_it(anna):
    one, cookie = anna
    forged = cookie[:-1] + ("1" if cookie.endswith("0") else "0")
    for path in ("/api/v1/status", "/api/v1/series", "/api/v1/users", "/metrics"):
        assert ask(one, "GET", path).status == 401, path
        assert ask(one, "GET", path, cookie=cookie).status == 200, path
        assert ask(one, "GET", path, cookie=forged).status == 401, path
    assert ask(one, "POST", "/api/v1/logout", cookie=cookie).status == 204
    assert ask(one, "GET", "/api/v1/status", cookie=cookie).status == 401
    assert ask(one, "POST", "/api/v1/login", ANNA | {"password": "wrong horse"}).status == 401
    back = ask(one, "POST", "/api/v1/login", ANNA)
    assert back.status == 200 and cookie_of(back) != cookie
    assert ask(one, "GET", "/api/v1/status", cookie=cookie_of(back)).status == 200


def test_another_sites_page_gets_nothing_done_with_the_cookie(anna):
    one, cookie = anna
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert ask(one, "POST", "/api/v1/inputs/sim/restart", cookie=cookie, **headers).status == 403, headers
    bare = one.request("POST", "/api/v1/inputs/sim/restart", "", STRANGER | {"Cookie": cookie})
    assert bare.status == 403 and "Origin" in bare.json["detail"]
    assert ask(one, "POST", "/api/v1/inputs/sim/restart", "", cookie=cookie).status == 204


def test_guessing_is_slowed_down_and_does_not_lock_the_device_itself(anna):
    one, _ = anna
    answers = [ask(one, "POST", "/api/v1/login", ANNA | {"password": f"guess number {i}"}).status for i in range(6)]
    assert answers == [401] * 5 + [429]
    late = ask(one, "POST", "/api/v1/login", ANNA)
    assert late.status == 429 and int(late.headers["Retry-After"]) >= 1, "not even with the right one, for now"
    assert tool(one, "user", "list").returncode == 0


ROUTES = [
    ("GET", "/api/v1/series", "read"),
    ("GET", "/api/v1/query?series=*", "read"),
    ("GET", "/metrics", "read"),
    ("POST", "/api/v1/write", "write"),
    ("POST", "/api/v2/write", "write"),
    ("GET", "/api/v1/users", "admin"),
    ("GET", "/api/v1/tokens", "admin"),
    ("POST", "/api/v1/inputs/sim/restart", "admin"),
    ("GET", "/api/v1/config", "admin"),
]
ROLES = {"viewer": {"read"}, "operator": {"read", "write"}, "admin": {"read", "write", "admin"}}


def test_every_role_and_scope_may_do_what_it_says_and_no_more(anna):
    one, _ = anna
    badges = []
    for role, may in ROLES.items():
        assert tool(one, "user", "add", role, "--role", role, given="battery staple\n").returncode == 0
        cookie = cookie_of(ask(one, "POST", "/api/v1/login", {"user": role, "password": "battery staple"}))
        badges.append(({"Cookie": cookie, "Origin": one.url}, may))
    for scopes in ("read", "write", "admin", "read,write"):
        made = tool(one, "token", "new", scopes.replace(",", "-"), "--scope", scopes)
        assert re.fullmatch(r"tt_[0-9a-z]{32}\n", made.stdout), made
        badges.append(({"Authorization": f"Bearer {made.stdout.strip()}"}, set(scopes.split(","))))
        badges.append(({"Authorization": f"Token {made.stdout.strip()}"}, set(scopes.split(","))))
    for fields, may in badges:
        for method, path, need in ROUTES:
            answer = one.request(method, path, "a value=1" if method == "POST" else None, STRANGER | fields)
            assert (answer.status in (200, 204)) == (need in may), f"{fields} {method} {path}: {answer.status}"
            if need not in may:
                assert answer.status == 403 and "detail" in answer.json


def test_a_token_is_shown_once_revoked_at_once_and_never_in_the_log_or_the_file(anna):
    one, _ = anna
    token = tool(one, "token", "new", "script", "--scope", "read,write").stdout.strip()
    with_it = STRANGER | {"Authorization": f"Bearer {token}"}
    assert one.request("GET", "/api/v1/series", None, with_it).status == 200
    listed = tool(one, "token", "list", "--json").stdout
    assert json.loads(listed)[0]["scopes"] == ["read", "write"] and token not in listed
    assert tool(one, "token", "revoke", "script").returncode == 0
    gone = one.request("GET", "/api/v1/series", None, with_it)
    assert gone.status == 401 and gone.headers["WWW-Authenticate"].startswith("Bearer")
    at_home = one.request("GET", "/api/v1/series", None, {"Authorization": f"Bearer {token}"})
    assert at_home.status == 401, "a script that shows a bad token hears of it, wherever it is"
    kept = one.state_dir / "accounts.json"
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    for secret in (token, "correct horse"):
        assert secret not in one.log() and secret not in kept.read_text()
    assert "audit: a local user from the device's socket: POST /api/v1/tokens: 200" in one.log()


def test_what_is_open_ends_when_the_session_does(anna):
    one, cookie = anna
    headers = STRANGER | {"Cookie": cookie}
    address = f"ws://127.0.0.1:{one.port}/api/v1/live"

    async def watch():
        async with websockets.connect(address, origin=one.url, extra_headers=headers) as socket:
            assert json.loads(await asyncio.wait_for(socket.recv(), 10 * SLOWNESS))["op"] == "hello"
            assert ask(one, "POST", "/api/v1/logout", cookie=cookie).status == 204
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 10 * SLOWNESS)
        with pytest.raises(websockets.exceptions.InvalidStatusCode):
            await websockets.connect(address, origin=one.url, extra_headers=headers)

    asyncio.run(watch())


def test_sessions_and_users_outlive_a_kill(anna):
    one, cookie = anna
    one.kill()
    one.start()
    assert ask(one, "GET", "/api/v1/status", cookie=cookie).status == 200
    assert ask(one, "GET", "/api/v1/session").json["setup"] is False


def test_a_password_is_changed_by_its_owner_and_ends_the_other_sessions(anna):
    one, cookie = anna
    other = cookie_of(ask(one, "POST", "/api/v1/login", ANNA))
    wrong = ask(one, "POST", "/api/v1/password", {"password": "wrong horse", "new": "battery staple"}, cookie=cookie)
    assert wrong.status == 401
    changed = ask(one, "POST", "/api/v1/password", {"password": "correct horse", "new": "battery staple"}, cookie=cookie)
    assert changed.status == 200
    for old in (cookie, other):
        assert ask(one, "GET", "/api/v1/status", cookie=old).status == 401
    assert ask(one, "GET", "/api/v1/status", cookie=cookie_of(changed)).status == 200


def test_the_file_of_accounts_that_is_broken_opens_no_door(anna):
    one, cookie = anna
    one.stop()
    kept = one.state_dir / "accounts.json"
    kept.write_text(kept.read_text()[:-20])
    one.start()
    assert ask(one, "GET", "/api/v1/session", cookie=cookie).json == {"user": None, "can": [], "setup": False, "accounts": True}
    assert ask(one, "POST", "/api/v1/setup", {"code": ""} | ANNA).status == 409
    assert "nobody can log in" in one.log()
    assert one.get("/api/v1/status"), "the device itself goes on"


BAD_BODIES = ["", "[]", "{}", '{"user": 1, "password": "x"}', '{"user": "a"}', '{"user":"a","password":"b","x":"c"}', "{" * 100, "\xff"]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_login_that_is_none_is_refused(fresh, body):
    answer = fresh.request("POST", "/api/v1/login", body.encode("latin-1"), STRANGER)
    assert answer.status == 400 and "body" in answer.json["detail"] or "text" in answer.json["detail"]


def test_names_and_passwords_are_hostile_text_too(fresh):
    hostile = "a\nb\x1b[2J<script>"
    answer = ask(fresh, "POST", "/api/v1/login", {"user": hostile, "password": hostile})
    assert answer.status == 401
    wait_until("the login is in the log", lambda: "audit: login" in fresh.log())
    assert "\x1b" not in fresh.log() and all("audit" in line or line.startswith("<") for line in fresh.log().splitlines())


def synced_writes(trace: str, name: str) -> list[str]:
    """What happened to the file and to its directory, in order: written, synced, renamed, directory synced."""
    kinds = {
        "written": rf"write\(\d+<[^>]*/{name}\.new>",
        "synced": rf"(fsync|fdatasync)\(\d+<[^>]*/{name}\.new>",
        "renamed": rf'rename\("[^"]*/{name}\.new", "[^"]*/{name}"\)',
        "directory synced": r"fsync\(\d+<[^>]*/state>",
    }
    found = [kind for line in trace.splitlines() for kind, pattern in kinds.items() if re.search(pattern, line)]
    return [kind for i, kind in enumerate(found) if i == 0 or found[i - 1] != kind]


@pytest.mark.skipif(SANITIZED, reason="the leak checker does not run under strace")
def test_the_file_of_accounts_is_on_the_disk_before_it_takes_the_place_of_the_old_one(anna):
    one, _ = anna
    trace = one.home / "trace"
    command = ["strace", "-f", "-y", "-e", "trace=write,fsync,fdatasync,rename", "-o", str(trace), "-p", str(one.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        try:
            assert "attached" in strace.stderr.readline()
            assert tool(one, "user", "add", "ben", "--role", "viewer", given="battery staple\n").returncode == 0
        finally:
            strace.send_signal(signal.SIGINT)
    assert synced_writes(trace.read_text(), "accounts.json") == ["written", "synced", "renamed", "directory synced"]


def test_who_was_added_is_there_whenever_the_daemon_is_killed(anna):
    one, _ = anna
    told: list[str] = []

    def add_users(prefix: str) -> None:
        for i in range(1_000):  # until the daemon is gone
            if tool(one, "user", "add", f"{prefix}{i}", "--role", "viewer", given="battery staple\n").returncode != 0:
                return
            told.append(f"{prefix}{i}")

    for turn in "abcde":
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            adding = pool.submit(add_users, turn)
            wait_until("some are added", lambda: sum(name.startswith(turn) for name in told) >= 3, 20)
            one.kill()
            adding.result()
        one.start()
        there = {user["name"] for user in json.loads(tool(one, "user", "list", "--json").stdout)}
        assert set(told) <= there, "nobody is lost"
        assert len(there - set(told)) <= ord(turn) - ord("a") + 2, "but anna, and one a turn whose answer was under way"
