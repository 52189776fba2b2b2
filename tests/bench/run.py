#!/usr/bin/env python3
"""Measures what Telltale promises, and prints it beside limits and peers that are measured in the same run.

    ./dev bench [SECTION…] [--quick] [--json FILE]      sections: see docs/bench.md

Results go to stdout, progress to stderr. Exit code 1 when a section could not be measured; a number that is not
reached is shown, and is no failure.
"""
import argparse
import importlib
import json
import os
import pathlib
import platform
import resource
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
SECTIONS = ("pipeline", "rules", "isolation", "live", "mqtt", "modbus", "serial", "footprint", "page", "store", "fleet")


def machine() -> str:
    """In words: the readers of a table must know what it was measured on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}, load {os.getloadavg()[0]:.1f}"


def measure(names: list[str], modules: dict, options: argparse.Namespace) -> tuple[dict, bool]:
    from report import table  # after the environment is set

    results, failed = {}, False
    for name in names:
        start = time.monotonic()
        try:
            rows = modules[name].measure(options)
        except Exception:  # one section must not hide the others
            traceback.print_exc()
            failed = True
            continue
        seconds = time.monotonic() - start
        print(table(f"{name}: {modules[name].TITLE} ({seconds:.0f} s)", rows), flush=True)
        results[name] = [row.json() for row in rows]
    return results, failed


def prepare(build: pathlib.Path) -> dict:
    """The sections, which find the build and the tests' harness."""
    os.environ["TELLTALE_BUILD_DIR"] = str(build.resolve())
    sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]
    # A thousand viewers need as many sockets, here and in the daemon, whose unit gives it what it needs.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return {name: importlib.import_module(f"sections.{name}") for name in SECTIONS}


def main() -> int:
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build/release")
    modules = prepare(where.parse_known_args()[0].build)
    parser = argparse.ArgumentParser(description=__doc__, parents=[where], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all without one")
    parser.add_argument("--quick", action="store_true", help="a moment of each, to see that it works; its numbers mean little")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the results here too")
    for name, module in modules.items():
        if hasattr(module, "add_options"):
            module.add_options(parser.add_argument_group(name))
    options = parser.parse_args()
    # Whoever ends us early: daemons and directories are cleaned up.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda which, _: sys.exit(128 + which))
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {', '.join(unknown)}: there are {', '.join(SECTIONS)}")
    print(machine() + (", quick: these numbers mean little" if options.quick else "") + "\n", flush=True)
    results, failed = measure(options.sections or list(SECTIONS), modules, options)
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "quick": options.quick, "sections": results}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
