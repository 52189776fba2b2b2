"""`telltale support`: everything that helps to see what is wrong, and nothing that opens a door."""
import json
import re
import tarfile

from harness import SLOWNESS

CONFIG = """
device: {name: press-7}
server: {write: token}
inputs:
  - {id: sim, plugin: simulator}
  #- {id: old, plugin: mqtt, options: {url: "mqtt://ben:hunter22@127.0.0.1:1", password: hunter22}}
"""


def contents(path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        assert {member.mode for member in members} == {0o600}
        return {member.name.split("/", 1)[1]: archive.extractfile(member).read().decode() for member in members}


def test_the_archive_says_how_the_device_is_and_holds_no_secret(daemon):
    one = daemon(CONFIG).start()
    one.wait_for_series("*")
    assert one.tool("user", "add", "anna", given="correct horse\n").returncode == 0
    token = one.tool("token", "new", "script").stdout.strip().split()[-1]
    path = one.home / "press7.tar.gz"
    done = one.tool("support", "-o", str(path))
    assert done.returncode == 0, done.stderr
    assert "Look into it before you send it" in done.stdout
    files = contents(path)
    assert set(files) == {"status.json", "inputs.json", "storage.json", "series.json", "metrics.txt", "doctor.txt", "system.txt", "log.txt", "telltale.yaml"}
    assert json.loads(files["status.json"])["device"]["name"] == "press-7"
    assert json.loads(files["inputs.json"])[0]["id"] == "sim"
    assert "telltale_pipeline_readings_total" in files["metrics.txt"]
    assert "storage.pages" in files["doctor.txt"] and "PRETTY_NAME" in files["system.txt"]
    assert "id: old" in files["telltale.yaml"]
    accounts = (one.state_dir / "accounts.json").read_text()
    secrets = ["hunter22", "correct horse", token, *re.findall(r'"(?:password|digest)":\s*"([^"]+)"', accounts)]
    assert len(secrets) == 5
    assert [text for text in secrets if text in "\n".join(files.values())] == []
    assert one.tool("support", "-o", str(path), check=False).returncode == 1, "nothing is overwritten"
    assert one.tool("support", "-o", str(path), "--force").returncode == 0


def test_without_a_daemon_it_says_so_and_has_the_rest(daemon):
    one = daemon(CONFIG).start()
    one.stop(seconds=10 * SLOWNESS)
    path = one.home / "dead.tar.gz"
    assert one.tool("support", "-o", str(path), "--state", str(one.state_dir)).returncode == 0
    files = contents(path)
    assert files["status.json"].startswith("not there: ")
    assert "no daemon answers" in files["doctor.txt"]
