"""What an input is shown as, from its start on: never as running before it published or said that it is well."""
import pytest
from harness import wait_until
from test_containment import ZooDaemon


@pytest.fixture
def silent(request, tmp_path):
    """silent(isolation): a daemon with a stream that says nothing of itself until the file is there, and that file."""
    made: list[ZooDaemon] = []

    def make(isolation: str):
        file = tmp_path / "now"
        options = f"options: {{file: {file}}}"
        made.append(ZooDaemon(f"inputs:\n  - {{id: late, plugin: speaks_late, isolation: {isolation}, {options}}}\n"))
        return made[-1], file

    yield make
    for one in made:
        if getattr(request.node, "failed", False):
            print(one.log()[-20000:])
        one.clean_up()


@pytest.mark.parametrize("isolation", ["process", "none"])
def test_is_starting_until_it_published(silent, isolation):
    one, file = silent(isolation)
    one.start()
    # Its own loop says so: that it is made was told before.
    wait_until("it runs", lambda: "it runs" in one.input("late")["last_lines"])
    assert one.input("late")["state"] == "starting"
    file.write_text("speak")
    wait_until("it is running", lambda: one.input("late")["state"] == "running")
    assert one.wait_for_series("speaks_late.value")["speaks_late.value"]["value"] == 1


def test_an_input_that_looks_for_its_device_is_never_shown_as_running(daemon):
    seen = set()
    one = daemon("inputs: [{id: scale, plugin: serial, options: {port: /dev/there-is-no-such-port}}]\n").start()

    def is_failing() -> bool:
        seen.add(one.input("scale")["state"])
        return "failing" in seen

    wait_until("it says what is missing", is_failing)
    assert "running" not in seen
