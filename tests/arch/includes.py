"""Who may include whom, and that no include runs in a circle.

The rule is a table: for each folder, the project folders it may include beside itself, and the libraries. What is
not listed is not allowed. The C and C++ standard library is allowed everywhere but in the C ABI (C alone); the
operating system's headers everywhere but in the ABI.
"""
import dataclasses
import pathlib
import re

from tree import CXX_SUFFIXES, Tree, Violation

ABI = "sdk/include/telltale/"
WRAPPER = ABI + "cpp/"
C_STANDARD = set(
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic "
    "stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype".split()
)

# The libraries, by how their headers begin. A header that matches none of them, has a .h and is no C header is
# the operating system's.
LIBRARIES = {
    "yaml-cpp": r"yaml-cpp/",
    "sqlite3": r"sqlite3(ext)?\.h$",
    "beast": r"boost/beast",
    "asio": r"boost/asio",
    "boost": r"boost/",
    "fmt": r"fmt/",
    "spdlog": r"spdlog/",
    "CLI11": r"CLI/",
    "paho": r"mqtt/|MQTT",
    "simdjson": r"simdjson",
    "modbus": r"modbus",
    "serialport": r"libserialport",
    "pcre2": r"pcre2",
    "curl": r"curl/",
    "dlfcn": r"dlfcn\.h$",
    "openssl": r"openssl/",
    "zstd": r"zstd",
    "snappy": r"snappy",
    "zlib": r"zlib\.h$",
    "argon2": r"argon2",
    "systemd": r"systemd/",
    "mu": r"muParser",
    "qrencode": r"qrencode",
    "test": r"gtest/|gmock/|rapidcheck|benchmark/",
}


@dataclasses.dataclass(frozen=True)
class Rule:
    folder: str
    folders: tuple[str, ...] = ()  # may include these, beside itself
    libraries: tuple[str, ...] = ()
    system: bool = True  # may include the operating system's headers
    also: tuple[str, ...] = ()  # single headers of the operating system, when the others are not allowed


ABI_DATA = (ABI + "abi.h", ABI + "options.h", ABI + "host.h", ABI + "plugin.h")
CORE = ("daemon/core/",)
PAYLOAD = ("sdk/payload/", ABI + "payload/")
OWN_LIBRARY = {"linux": ("systemd",), "mqtt": ("paho",), "modbus": ("modbus", "yaml-cpp"), "serial": ("serialport",), "csv": ("zlib",), "http": ("curl",), "influx": ("zlib",), "prometheus": ("snappy",)}
# What several plugins share is a folder beside them; but MQTT's two directions have one connection, which is the input's.
SHARED = {
    "csv": ("plugins/option_text/", "plugins/outgoing/"),
    "http": ("plugins/option_text/",),
    "influx": ("plugins/http/", "plugins/option_text/", "plugins/outgoing/"),
    "mqtt": ("plugins/option_text/",),
    "mqtt-out": ("plugins/mqtt/broker.h", "plugins/mqtt/mqtt_options.h", "plugins/mqtt/mapping/message.h", "plugins/mqtt/presets/sparkplug_payload.h", "plugins/mqtt/session/", "plugins/option_text/", "plugins/outgoing/", "plugins/protobuf/"),
    "prometheus": ("plugins/http/", "plugins/option_text/", "plugins/outgoing/", "plugins/protobuf/"),
}

# The first rule whose folder a path begins with holds.
RULES = (
    # An instance waits for the ABI's stop descriptor beside its device's: poll(2).
    Rule(WRAPPER, (ABI,), system=False, also=("poll.h",)),
    Rule(ABI + "payload/", (ABI,), system=False),
    Rule(ABI, system=False),
    Rule("sdk/payload/", PAYLOAD + (ABI,), ("simdjson", "pcre2"), system=False),
    # A project of its own once it is copied: its paths begin at its own root.
    Rule("sdk/template/", ("src/", ABI)),
    Rule("sdk/validator/", (ABI,), ("dlfcn",)),
    Rule("sdk/", ("sdk/",), ("dlfcn",)),
    Rule("daemon/core/log.cpp", CORE, ("fmt", "spdlog", "boost")),
    Rule("daemon/core/gzip.cpp", CORE, ("zlib", "boost")),
    Rule("daemon/core/", ABI_DATA, ("fmt", "boost")),
    Rule("daemon/auth/", CORE, ("boost", "openssl", "argon2")),
    Rule("daemon/config/", CORE + ABI_DATA, ("fmt", "boost", "yaml-cpp")),
    Rule("daemon/host/", CORE + (ABI,), ("fmt", "boost", "asio", "dlfcn")),
    Rule("daemon/pipeline/", CORE + ABI_DATA, ("fmt", "boost")),
    Rule("daemon/rules/", CORE, ("fmt", "boost", "mu"), system=False),
    Rule("daemon/sinks/", CORE, ("fmt", "boost")),
    Rule("daemon/store/", CORE, ("fmt", "boost", "sqlite3", "zstd")),
    Rule("daemon/net/", CORE + PAYLOAD + (ABI,), ("fmt", "boost", "asio", "beast", "openssl")),
    Rule("daemon/hostproc/", CORE + ("daemon/host/", ABI), ("fmt",)),
    # A process of its own: the daemon links neither library.
    Rule("daemon/messenger/", CORE, ("fmt", "boost", "curl", "paho")),
    # What tells people of alarms, with the same HTTP client as the tool's.
    Rule("daemon/notify/", CORE + ("daemon/net/client.h",), ("fmt", "boost")),
    # Configurations signed elsewhere: Ed25519 by libcrypto, checked as any, given to the daemon by the tool's client.
    Rule("daemon/provision/", CORE + ("daemon/config/", "daemon/net/client.h"), ("fmt", "boost", "openssl")),
    # What the tool does to files, and to much data at once: the same store as the daemon's, without the daemon.
    Rule("daemon/tools/", CORE + PAYLOAD + (ABI, "daemon/store/", "daemon/net/client.h"), ("fmt", "boost", "beast")),
    Rule("daemon/cli/", CORE + ABI_DATA + ("daemon/tools/", "daemon/provision/", "daemon/rules/backfill.h", "daemon/rules/firings.h", "daemon/rules/past_usual.h", "daemon/rules/rehearsal.h", "daemon/store/verify.h", "daemon/store/files.h", "daemon/config/", "daemon/host/", "daemon/net/client.h", "sdk/validator/validator.h"), ("fmt", "boost", "CLI11", "qrencode")),
    Rule("daemon/app/", ("daemon/", "web/", ABI), ("fmt", "boost", "asio", "CLI11", "systemd")),
)

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes_of(text: str) -> list[tuple[int, str, str]]:
    """(line, quote, header) of each include."""
    return [(text.count("\n", 0, match.start()) + 1, match[1], match[2]) for match in _INCLUDE.finditer(text)]


def project_path(header: str, quote: str) -> str | None:
    """The path in the tree that an include names, or None for a library's or the system's."""
    if header.startswith("telltale/"):
        return "sdk/include/" + header
    if quote == '"' or header.startswith(("daemon/", "sdk/", "plugins/", "tests/")):
        return header
    return None


def place_of(project: str | None) -> str | None:
    """Where the file lies that a project path of an include names: the payload forms' headers have a root of their own."""
    if project is not None and project.startswith(ABI + "payload/"):
        return "sdk/payload/include/" + project.removeprefix("sdk/include/")
    return project


def library_of(header: str) -> str | None:
    return next((name for name, pattern in LIBRARIES.items() if re.match(pattern, header)), None)


def rule_for(path: str) -> Rule | None:
    if path.startswith("plugins/"):
        name = path.split("/")[1]
        return Rule(f"plugins/{name}/", ("sdk/", ABI, *SHARED.get(name, ())), OWN_LIBRARY.get(name, ()))
    return next((rule for rule in RULES if path.startswith(rule.folder)), None)


def refusal(path: str, rule: Rule, quote: str, header: str) -> str | None:
    """Why this include is not allowed, or None."""
    project = project_path(header, quote)
    if project is not None:
        if "../" in header or header.startswith("./"):
            return f'"{header}" is relative: write the path from the root of the tree'
        if rule.folder == ABI and project.startswith(WRAPPER):
            return f"the C ABI must not include the C++ wrapper <{header}>"
        if any(project.startswith(folder) for folder in (rule.folder, *rule.folders)):
            return None
        return f'{rule.folder} must not include "{header}"; allowed: itself {" ".join(rule.folders)}'
    library = library_of(header)
    if library is not None:
        return None if library in rule.libraries else f"{rule.folder} must not use {library} (<{header}>)"
    is_c = header.endswith(".h") and header[:-2] in C_STANDARD
    if rule.folder == ABI:
        return None if is_c else f"the C ABI includes C standard headers only, not <{header}>"
    if header.endswith((".h", ".hpp")) and not is_c and not rule.system and header not in rule.also:
        return f"{rule.folder} must not include <{header}> of the operating system"
    return None


def check_rule(tree: Tree) -> list[Violation]:
    found = []
    for path in tree.paths(CXX_SUFFIXES):
        rule = rule_for(path)
        if rule is None:
            continue
        for line, quote, header in includes_of(tree.texts[path]):
            why = refusal(path, rule, quote, header)
            if why is not None:
                found.append(Violation("include", path, line, why))
    return found


def graph_of(tree: Tree) -> dict[str, list[str]]:
    """Each file with the files of the tree that it includes."""
    graph = {}
    for path in tree.paths(CXX_SUFFIXES):
        named = (place_of(project_path(header, quote)) for _, quote, header in includes_of(tree.texts[path]))
        graph[path] = [name for name in named if name in tree.texts]
    return graph


def check_cycles(tree: Tree) -> list[Violation]:
    graph = graph_of(tree)
    found: list[Violation] = []
    done: set[str] = set()

    def visit(path: str, trail: list[str]) -> None:
        if path in trail:
            cycle = trail[trail.index(path) :] + [path]
            found.append(Violation("include-cycle", path, 1, " -> ".join(cycle)))
            return
        if path in done:
            return
        for name in graph[path]:
            visit(name, trail + [path])
        done.add(path)

    for path in graph:
        visit(path, [])
    return found


def check_places(tree: Tree) -> list[Violation]:
    """Every C++ file lies in a folder that a rule, or the freedom of tests and benches, is about."""
    found = []
    for path in tree.paths(CXX_SUFFIXES):
        top = pathlib.PurePosixPath(path).parts[0]
        if rule_for(path) is None and top not in ("tests", "web", "cross"):
            found.append(Violation("place", path, 1, "no include rule covers this folder: add one to tests/arch/includes.py"))
    return found
