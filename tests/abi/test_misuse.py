"""Misuse of the C++ wrapper that must not compile, and what the compiler says of it.

Each case is a whole plugin with one mistake. The first one has none: it shows that the mistake is what is refused.
"""
import subprocess

import pytest
from outside import ROOT, compilers

CLASS = """
#include <telltale/cpp/batch.hpp>
#include <telltale/cpp/plugin.hpp>
using namespace telltale;
inline constexpr telltale_str kWords[] = {{to_str("a"), to_str("b")}};
{before}
class Meter : {bases} {{
 {access}:
  {info}
  {options}
  {constructor}
  {members}
}};
TELLTALE_PLUGIN(Meter)
{after}
"""
GOOD = {
    "before": "",
    "after": "",
    "bases": "public PollingInput",
    "access": "public",
    "info": 'static constexpr PluginInfo kInfo{"meter", "1.0.0", "Reads a meter."};',
    "options": 'static constexpr telltale_option kOptions[] = {Option::text("word", "A word.").one_of(kWords)};',
    "constructor": "explicit Meter(Host host) : host_(host) {} Host host_;",
    "members": "void poll() override {}",
}


def option(text: str) -> dict[str, str]:
    return {"options": f"static constexpr telltale_option kOptions[] = {{{text}}};"}


def info(text: str) -> dict[str, str]:
    return {"info": f"static constexpr PluginInfo kInfo{{{text}}};"}


def body(text: str) -> dict[str, str]:
    return {"members": f"void poll() override {{ {text} }}"}


# Name: (what differs from GOOD, what every compiler says; or each of several).
CASES = {
    "nothing wrong": ({}, None),
    "no options at all": ({"options": ""}, None),
    # The class.
    "no base": ({"bases": "private Host", "constructor": "explicit Meter(Host host) : Host(host) {}", "members": "void poll() {}"},
                "exactly one of PollingInput, StreamingInput, Sink"),
    "polls and streams": ({"bases": "public PollingInput, public StreamingInput",
                           "members": "void poll() override {} void run(int) override {}"},
                          "exactly one of PollingInput, StreamingInput, Sink"),
    "poll is missing": ({"members": ""}, "overrides what its bases ask for"),
    "poll has a typo": ({"members": "void pol() override {}"}, "override"),
    "write is missing": ({"bases": "public PollingInput, public Writable"}, "overrides what its bases ask for"),
    "not made from a host": ({"constructor": "explicit Meter(int) {}"}, "constructed from a telltale::Host"),
    "no kInfo": ({"info": ""}, "public `static constexpr telltale::PluginInfo kInfo`"),
    "a private kInfo": ({"access": "private"}, "kInfo"),
    "probing without a probe": ({"bases": "public PollingInput, public Probing"}, "a Probing class has kProbeOptions"),
    "a probe that is not static": ({"bases": "public PollingInput, public Probing",
                                    "members": "void poll() override {} static constexpr telltale_option kProbeOptions[] = "
                                               '{Option::text("x", "X.")}; void probe(Host, Report, int) {}'},
                                   "a Probing class has kProbeOptions"),
    "a destructor that may throw": ({"members": "void poll() override {} ~Meter() noexcept(false) override {}"},
                                    ("looser exception specification", "more lax than base version")),
    "a copy": ({"after": "Meter copy(const Meter& meter) { return meter; }"}, ("deleted function", "implicitly deleted")),
    "two plugins in one file": ({"after": "TELLTALE_PLUGIN(Meter)"}, "redefinition of"),
    # Its words.
    "a name in capitals": (info('"Meter", "1", "Reads."'), "the plugin's name is like [a-z]"),
    "no version": (info('"meter", "", "Reads."'), "the plugin has a version"),
    "no summary": (info('"meter", "1", ""'), "the plugin has a summary"),
    "an option's name with a dash": (option('Option::text("a-b", "A.")'), "an option's name is like"),
    "an option twice": (option('Option::text("a", "A."), Option::boolean("a", "A.")'), "have the same name"),
    "an option without help": (option('Option::text("a", "")'), "every option has a help"),
    "a default of what is required": (option('Option::text("a", "A.").required().by_default("x")'), "cannot have a default"),
    "choices of a number": (option('Option::integer("a", "A.").one_of(kWords)'), "choices and paths are for options that are text"),
    "a range of a text": (option('Option::text("a", "A.").range(1, 2)'), "ranges are for numbers"),
    "a range upside down": (option('Option::number("a", "A.").range(2, 1)'), "the_lowest_of_a_range_is_above_its_highest"),
    "a mistake within a section": ({"before": 'constexpr telltale_option kInner[] = {Option::text("B", "B.")};'}
                                   | option('Option::section("a", "A.", kInner)'), "an option's name is like"),
    "choices that are gone": (option('Option::text("a", "A.").one_of(std::vector<telltale_str>{to_str("x")})'),
                              ("constant expression", "constexpr")),
    "a table that is no constant": ({"before": "extern const telltale_option kElsewhere[2];",
                                     "options": "static constexpr std::span<const telltale_option> kOptions = kElsewhere;"},
                                    ("constant expression", "not usable in a constant")),
    # Readings.
    "a number as the time": (body('host_.gauge("a").publish(1, 12345);'), ("no matching", "no viable")),
    "a steady time": (body('host_.gauge("a").publish(1, std::chrono::steady_clock::now());'), ("no matching", "no viable")),
    "a number as the quality": (body('host_.gauge("a").publish(1, When(), 3);'), ("no matching", "cannot convert", "no known conversion")),
    "a batch stamped with a number": (body("Batch batch(host_); batch.stamp(12345);"), ("no known conversion", "cannot convert", "could not convert", "no viable")),
    "a quality of the ABI in a batch": (body('Batch batch(host_); batch.add(host_.gauge("a"), 1, TELLTALE_QUALITY_BAD);'),
                                        ("no matching", "no known conversion")),
    "a text to a gauge": (body('host_.gauge("a").publish("high");'), ("no matching", "no viable")),
    "a number to an event": (body('host_.event("a").publish(1.5);'), ("no matching", "no viable", "could not convert", "cannot convert")),
    "a declaration that is dropped": (body('host_.gauge("a");'), ("nodiscard", "unused-result")),
    "a field that is null": (body('host_.info("x", {{"a", nullptr}});'), "deleted"),
}  # fmt: skip


def compile_it(compiler: str, source: str) -> tuple[bool, str]:
    command = [compiler, "-x", "c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", str(ROOT / "sdk/include"), "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler", [cxx for _, cxx in compilers().values()])
@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_a_sentence(name, compiler):
    changes, expected = CASES[name]
    compiled, said = compile_it(compiler, CLASS.format(**GOOD | changes))
    if expected is None:
        assert compiled, said
        return
    assert not compiled, "it compiles"
    words = (expected,) if isinstance(expected, str) else expected
    assert any(word in said for word in words), said
