"""Fixtures: one installed prefix for a file of tests; daemons that run from it."""
import pathlib
import sys

import pytest
from outside import ROOT, Prefix, compilers

sys.path.insert(0, str(ROOT / "tests/integration"))
import harness  # noqa: E402


@pytest.fixture(scope="session")
def prefix(tmp_path_factory) -> Prefix:
    return Prefix(tmp_path_factory.mktemp("outside"))


@pytest.fixture(params=sorted(compilers()))
def compiler(request) -> dict[str, str]:
    """CC and CXX, as CMake reads them: one after the other, all that are installed."""
    c, cxx = compilers()[request.param]
    return {"CC": c, "CXX": cxx}


class OutsideDaemon(harness.Daemon):
    """The prefix's own daemon, which finds more plugins in `plugins`."""

    def __init__(self, prefix: Prefix, plugins: pathlib.Path, config: str):
        super().__init__(config)
        self.where, self.plugins = prefix, plugins

    def command(self) -> list[str]:
        return [str(self.where.path / "bin/telltaled"), *super().command()[1:]]

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TELLTALE_PLUGIN_PATH": str(self.plugins)}


@pytest.fixture
def daemon_with(prefix):
    """daemon_with(plugins, config): started, and ended after the test."""
    made: list[OutsideDaemon] = []

    def start(plugins: pathlib.Path, config: str) -> OutsideDaemon:
        made.append(OutsideDaemon(prefix, plugins, config))
        return made[-1].start()

    yield start
    for one in made:
        print(f"--- log of the daemon:\n{one.log()[-20000:]}")
        one.clean_up()
