"""The unit that fetches a device's configuration: systemd understands it, and it may do little."""
import re
import shutil
import subprocess

import pytest
from harness import ROOT

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd")
UNITS = ("telltale-provision.service", "telltale-provision.timer")


@pytest.fixture
def units(tmp_path):
    """As they are, for a machine on which Telltale is not installed."""
    for name in UNITS:
        text = (ROOT / "systemd" / name).read_text()
        (tmp_path / name).write_text(text.replace("/usr/bin/telltale ", "/bin/true ").replace("Documentation=man:telltale(1)\n", ""))
    return tmp_path


def test_systemd_understands_them(units):
    done = subprocess.run(["systemd-analyze", "verify", *(str(units / name) for name in UNITS)], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if "telltale-provision" in line] == []
    assert done.returncode == 0, done.stderr


def test_what_it_may_do_is_little(units):
    told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(units / UNITS[0])], capture_output=True, text=True, timeout=60)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert exposure, told.stdout + told.stderr
    assert float(exposure[1]) <= 2.0, told.stdout


def test_it_is_off_until_a_device_is_told_where_to_look():
    service = (ROOT / "systemd" / UNITS[0]).read_text()
    assert "ConditionPathExists=/etc/telltale/provision.yaml" in service and "[Install]" not in service
    rules = (ROOT / "debian/rules").read_text()
    installed = next(line for line in rules.splitlines() if "dh_installsystemd" in line and UNITS[1] in line)
    assert "--no-enable --no-start" in installed
    assert not (ROOT / "config/provision.yaml").exists()
