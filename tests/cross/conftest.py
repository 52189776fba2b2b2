"""The daemon of another machine, under qemu-user; ./dev cross runs these tests and says where everything is."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
EMULATOR = os.environ.get("TELLTALE_EMULATOR", "")
NO_CHILDREN = os.environ.get("TELLTALE_NO_CHILDREN", "")


@pytest.fixture
def daemon():
    """daemon(config): a foreign daemon that is not started yet."""
    if not EMULATOR:
        pytest.skip("these are the tests of ./dev cross")
    from harness import Daemon

    made = []

    def make(config: str) -> Daemon:
        made.append(Daemon(config, prefix=[EMULATOR]))
        return made[-1]

    yield make
    for one in made:
        print(one.log()[-5000:])
        one.clean_up()


@pytest.fixture
def children() -> None:
    if NO_CHILDREN:
        pytest.skip(NO_CHILDREN)
