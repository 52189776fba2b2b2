"""Answers in the forms that HTTP knows: compressed, conditional, in parts. With curl, which is somebody else's client."""
import subprocess

import pytest
from harness import SLOWNESS

CONFIG = "inputs: []\n"


def curl(*arguments: str) -> bytes:
    return subprocess.run(["curl", "-sS", "--fail", *arguments], capture_output=True, timeout=30 * SLOWNESS, check=True).stdout


@pytest.fixture
def csv(daemon) -> str:
    """The address of some 100 KB of CSV that stay the same."""
    one = daemon(CONFIG).start()
    lines = "".join(f"press.force value={i % 977} {1_700_000_000_000 + i * 1_000}\n" for i in range(5_000))
    assert one.request("POST", "/api/v1/write?precision=ms&durable=1", lines).status == 204
    return f"{one.url}/api/v1/query?series=press.force&format=csv&from=1700000000000&to=1700005000000&stat=raw"


def test_a_long_answer_is_compressed_for_who_takes_it(csv):
    plain, sizes = curl(csv), {}
    for form in ([], ["--compressed"]):
        sizes[bool(form)] = int(curl(*form, "-o", "/dev/null", "-w", "%{size_download}", csv))
    assert plain.count(b"\n") >= 5_000
    assert curl("--compressed", csv) == plain
    assert sizes[False] == len(plain) and sizes[True] < len(plain) / 4


def test_a_download_that_was_cut_goes_on(csv, tmp_path):
    whole, file = curl(csv), tmp_path / "readings.csv"
    file.write_bytes(whole[:12_345])
    curl("-C", "-", "-o", str(file), csv)
    assert file.read_bytes() == whole


def test_what_has_not_changed_is_not_sent_again(csv, tmp_path):
    tag = tmp_path / "tag"
    first = curl("--etag-save", str(tag), csv)
    status = curl("--etag-compare", str(tag), "-o", "/dev/null", "-w", "%{http_code} %{size_download}", csv)
    assert first and status == b"304 0"
