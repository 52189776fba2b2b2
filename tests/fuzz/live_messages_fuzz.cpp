// Any messages of a live client, a line each, while readings come: both forms say the same, in messages that can be
// read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/net/live_hub.h"
#include "daemon/net/viewer.h"
#include "tests/unit/net/fakes.h"
#include "tests/unit/net/live_binary_decoder.h"
#include "tests/unit/net/manual_loop.h"

namespace {

using namespace telltale;

void expect(bool holds) {
  if (!holds) std::abort();
}

struct Hearing {
  explicit Hearing(net::LiveHub& hub) : text(hub, net::LiveForm::kJson), binary(hub, net::LiveForm::kBinary) {
    text.greet();
    binary.greet();
  }
  // Takes what both were sent, and compares.
  void compare() {
    net::Outgoing one;
    net::Outgoing other;
    for (;;) {
      const bool more = text.next(one);
      expect(binary.next(other) == more);
      if (!more) return;
      const auto bytes = [](const net::Outgoing& out) { return out.head + (out.body ? *out.body : std::string()); };
      expect(test::same_content(boost::json::parse(bytes(one)), decoder.decode(bytes(other))));
    }
  }
  net::Viewer text;
  net::Viewer binary;
  test::BinaryDecoder decoder;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FakeWorld world;
  const auto door = world.catalog.add("door", core::SeriesKind::kState, {}, {{0, "open"}, {1, "shut"}});
  const auto oil = world.catalog.add("press7.oil{room=\"a\"}", core::SeriesKind::kGauge, "°C");
  const auto note = world.catalog.add("note", core::SeriesKind::kEvent);
  world.pipeline.set_latest(oil, 21.5, 1'000);
  auto loop = std::make_shared<test::ManualLoop>(world.clock);
  net::LiveHub hub({world.catalog, world.pipeline, world.clock, loop, core::Logger(core::make_null_sink(), "net"),
                    "1.2.3", "boot-1"},
                   net::LiveLimits{});
  {
    Hearing hearing(hub);
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (int i = 0; i < 64 && !rest.empty(); ++i) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      hearing.text.receive(line);
      hearing.binary.receive(line);
      auto readings = std::make_shared<core::ReadingBatch>();
      readings->add(test::reading(oil, 20 + i * 0.25, 1'000 + i));
      readings->add(test::reading(door, i % 3, 1'000 - i, core::Quality::kUncertain));
      readings->add_text(test::reading(note, 0, i), "line " + std::to_string(i) + " \"of\"\n it");
      hub.publish(readings);
      loop->advance(std::chrono::milliseconds(30));
      // Some lines pile up, so that there are gaps.
      if (i % 5 != 4) hearing.compare();
      if (i % 7 == 6) loop->advance(std::chrono::seconds(3));
    }
    hearing.compare();
  }
  hub.shut_down();
  loop->run();
  return 0;
}
