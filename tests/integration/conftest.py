"""Fixtures: daemons, brokers and streams that are always cleaned up; a failed test shows the daemons' logs."""
import pytest
from harness import Daemon
from mosquitto import Broker


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed = outcome.get_result().failed


@pytest.fixture
def daemon(request):
    """daemon(config, …): a Daemon that is not started yet."""
    made: list[Daemon] = []

    def make(*arguments, **named) -> Daemon:
        made.append(Daemon(*arguments, **named))
        return made[-1]

    yield make
    for one in made:
        if getattr(request.node, "failed", False):
            print(f"--- log of the daemon in {one.home}:\n{one.log()[-20000:]}")
        one.clean_up()


@pytest.fixture
def broker():
    one = Broker()
    one.start()
    yield one
    one.clean_up()
