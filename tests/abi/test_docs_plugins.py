"""docs/plugins.md, followed to the letter by somebody who has an installed prefix and nothing else."""
import pathlib
import subprocess

from guide import Piece, pieces
from outside import ROOT, compilers

GUIDE = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
PIECES = pieces(GUIDE)
PRELUDE = """
#include <atomic>
#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/plugin.hpp>
#include <telltale/cpp/stop.hpp>
"""
AROUND_POLL = """
class Guide : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"guide", "1", "Of the guide."};
  explicit Guide(telltale::Host host) : host_(host) {}
  void poll() override {
%s
  }
  telltale::Host host_;
};
"""


class Follower:
    """Does what the guide says, where it says so."""

    def __init__(self, prefix, place: pathlib.Path, daemon_with):
        self.prefix, self.here, self.daemon_with = prefix, place, daemon_with
        self.exported = ""

    def do(self, piece: Piece) -> None:
        if piece.kind == "sh":
            self.run(piece.text)
        elif piece.kind == "cpp file":
            (self.here / piece.value).write_text(piece.text, encoding="utf-8")
        elif piece.kind == "yaml config":
            self.configure(piece)

    def run(self, text: str) -> None:
        lines = text.strip().split("\n")
        if not self.prefix.knows("validate"):
            lines = [line for line in lines if "plugin validate" not in line]
            lines = [line + " -E valid" if line.startswith("ctest") else line for line in lines]
        self.exported += "".join(line + "\n" for line in lines if line.startswith("export "))
        shown = self.prefix.shell(self.exported + "\n".join(lines) + '\necho "$PWD"', self.here)
        self.here = pathlib.Path(shown.strip().split("\n")[-1])

    def configure(self, piece: Piece) -> None:
        config = piece.text.replace("$ENV{HOME}", str(self.prefix.home))  # the daemon of a test has a home of its own
        daemon = self.daemon_with(self.here / "build", config)
        assert daemon.wait_for_series(piece.value)[piece.value]["quality"] == "good"
        daemon.stop()


def test_every_piece_says_what_it_is_for():
    known = {"sh", "cpp file", "cpp class", "cpp poll", "yaml config", "text"}
    assert {piece.kind for piece in PIECES} == known
    assert len(PIECES) == GUIDE.count("\n```") // 2, "a fence that the test cannot read"
    names = [line for piece in PIECES if piece.kind == "text" for line in piece.text.splitlines()]
    assert all("telltaled" in line for line in names), "what only people read is the daemon that does not end"


def test_the_guide_can_be_followed(prefix, tmp_path, daemon_with):
    follower = Follower(prefix, tmp_path, daemon_with)
    for piece in PIECES:
        try:
            follower.do(piece)
        except AssertionError as failed:
            raise AssertionError(f"docs/plugins.md:{piece.line}: {failed}") from failed
    assert (prefix.path / "lib/telltale/plugins/thermo.so").exists()
    assert prefix.symbols(tmp_path / "thermo/thermo.so") == ["telltale_plugin_entry"]


def test_pieces_of_classes_compile():
    for _, cxx in compilers().values():
        for piece in PIECES:
            if piece.kind not in ("cpp class", "cpp poll"):
                continue
            text = piece.text if piece.kind == "cpp class" else AROUND_POLL % piece.text
            name = text.split("class ", 1)[1].split()[0]
            command = [cxx, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", ROOT / "sdk/include", "-x", "c++", "-"]
            done = subprocess.run(command, input=f"{PRELUDE}{text}\nTELLTALE_PLUGIN({name})\n", capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"docs/plugins.md:{piece.line} with {cxx}:\n{done.stderr}"
