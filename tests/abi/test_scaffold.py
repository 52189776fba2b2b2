"""What `telltale plugin new` makes: built, tested, run and installed by somebody who has the prefix and nothing else."""
import json
import os

from harness import wait_until
from outside import ROOT


def test_the_scaffold_builds_with_one_command_and_its_tests_pass(prefix, compiler, tmp_path):
    prefix.shell("telltale plugin new thermo", tmp_path)
    place = tmp_path / "thermo"
    prefix.shell("cmake -B build && cmake --build build", place, **compiler)
    assert prefix.symbols(place / "build/thermo.so") == ["telltale_plugin_entry"]
    chosen = "" if prefix.knows("validate") else "-E valid"
    prefix.shell(f"ctest --test-dir build --output-on-failure --no-tests=error {chosen}", place)
    info = json.loads(prefix.shell("telltale plugin info thermo --plugins build --json", place))
    assert info["name"] == "thermo" and info["abi"] == "1.0" and info["interfaces"][0] == "telltale.poll/1"
    assert sorted(info["schema"]["properties"]) == ["every", "file"]


def test_three_lines_of_configuration_put_its_series_on_the_page(prefix, tmp_path, daemon_with):
    prefix.shell("telltale plugin new thermo . && cd thermo && cmake -B build && cmake --build build", tmp_path)
    one = daemon_with(tmp_path / "thermo/build", "inputs:\n  - id: hall\n    plugin: thermo\n")
    assert one.wait_for_series("hall.number")["hall.number"]["quality"] == "good"
    assert one.input("hall")["pid"] > 0, "it runs in a process of its own"
    example = daemon_with(tmp_path / "thermo/build", (tmp_path / "thermo/config.example.yaml").read_text())
    example.wait_for_series("thermo.number")


def test_an_installed_plugin_is_found_without_being_told_where(prefix, tmp_path):
    prefix.shell("telltale plugin new hygro", tmp_path)
    prefix.shell('cmake -B build && cmake --build build && cmake --install build --prefix "$PREFIX"', tmp_path / "hygro",
                 PREFIX=str(prefix.path))  # fmt: skip
    names = [plugin["name"] for plugin in json.loads(prefix.run("telltale", "plugins", "--json").stdout)]
    assert {"hygro", "linux", "mqtt", "simulator"} <= set(names)


def test_a_newer_or_other_major_sdk_is_asked_for_in_vain(prefix, tmp_path):
    for version, found in {"1.0": True, "1": True, "1.1": False, "2.0": False, "0.9": False}.items():
        (tmp_path / "CMakeLists.txt").write_text(
            f"cmake_minimum_required(VERSION 3.18)\nproject(x NONE)\nfind_package(Telltale {version} REQUIRED)\n"
        )
        done = prefix.run("cmake", "-B", tmp_path / f"build-{version}", "-S", tmp_path, check=False)
        assert (done.returncode == 0) == found, f"{version}: {done.stderr}"


def test_pkg_config_is_enough_without_cmake(prefix, compiler, tmp_path):
    source = ROOT / "sdk/examples/poll.c"
    (tmp_path / "poll.c").write_text(source.read_text())
    prefix.shell("$CC -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags --libs telltale) poll.c -o poll_c.so",
                 tmp_path, PKG_CONFIG_PATH=str(prefix.path / "share/pkgconfig"), **compiler)  # fmt: skip
    assert prefix.symbols(tmp_path / "poll_c.so") == ["telltale_plugin_entry"]
    version = prefix.run("pkg-config", "--modversion", "telltale", PKG_CONFIG_PATH=str(prefix.path / "share/pkgconfig"))
    assert version.stdout.strip() == "1.0"


def test_what_is_there_already_is_left_alone(prefix, tmp_path):
    prefix.shell("telltale plugin new thermo", tmp_path)
    for name, code in {"thermo": 1, "Thermo": 2, "../x": 2, "test": 2}.items():
        done = prefix.run("telltale", "plugin", "new", name, cwd=tmp_path, check=False)
        assert done.returncode == code and done.stderr.startswith("telltale: "), (name, done.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["thermo"]


def test_a_symbol_that_is_nowhere_shows_when_the_plugin_is_linked(prefix, tmp_path):
    prefix.shell("telltale plugin new thermo", tmp_path)
    source = tmp_path / "thermo/src/thermo.cpp"
    source.write_text(source.read_text().replace("void poll() override {", "void poll() override {\n    read_it();")
                      .replace("class Thermo", "void read_it();\nclass Thermo"))  # fmt: skip
    done = prefix.run("sh", "-c", "cmake -B build && cmake --build build", cwd=tmp_path / "thermo", check=False)
    assert done.returncode != 0 and "read_it" in done.stdout + done.stderr


def test_inputs_run_in_the_plugin_host_that_was_installed(prefix, tmp_path, daemon_with):
    one = daemon_with(tmp_path, "inputs:\n  - id: sim\n    plugin: simulator\n")
    pid = wait_until("it runs", lambda: one.input("sim")["pid"])
    assert os.readlink(f"/proc/{pid}/exe") == str(prefix.path / "lib/telltale/telltale-plugin-host")
