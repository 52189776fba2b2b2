// The two forms of live messages carry the same content.
#include "daemon/net/live_form.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/net/live_binary_decoder.h"
#include "tests/unit/net/live_hub_fixture.h"

namespace telltale::net {
namespace {

using test::BinaryDecoder;
using test::same_content;

// A viewer of either form; what it is sent, as objects of the JSON form.
struct FormClient {
  FormClient(LiveHub& hub, LiveForm form) : viewer(std::make_unique<Viewer>(hub, form)) {}

  std::vector<json::object> take() {
    std::vector<json::object> messages;
    Outgoing out;
    while (viewer->next(out)) {
      const std::string bytes = out.head + (out.body ? *out.body : std::string());
      size += bytes.size();
      messages.push_back(viewer->form() == LiveForm::kJson ? json::parse(bytes).as_object() : decoder.decode(bytes));
    }
    return messages;
  }

  std::unique_ptr<Viewer> viewer;
  BinaryDecoder decoder;
  std::size_t size = 0;  // bytes of all it was sent
};

class LiveForms : public LiveHubTest {
 protected:
  void say(std::string_view message) {
    text.viewer->receive(message);
    binary.viewer->receive(message);
    loop->run();
  }
  // What both were sent since the last time: the same, or the test fails.
  std::vector<json::object> take() {
    auto of_text = text.take();
    const auto of_binary = binary.take();
    EXPECT_EQ(of_text.size(), of_binary.size());
    for (std::size_t i = 0; i < std::min(of_text.size(), of_binary.size()); ++i) {
      EXPECT_TRUE(same_content(of_text[i], of_binary[i])) << json::serialize(of_text[i]) << "\n"
                                                          << json::serialize(of_binary[i]);
    }
    return of_text;
  }

  FormClient text{*hub, LiveForm::kJson};
  FormClient binary{*hub, LiveForm::kBinary};
};

TEST_F(LiveForms, SayTheSameInEveryKindOfMessage) {
  const auto oil = world.catalog.add("press7.oil{bed=\"2\",room=\"a \\\"b\\\"\"}", core::SeriesKind::kGauge, "°C");
  const auto door = world.catalog.add("door", core::SeriesKind::kState, {}, {{-1, "lost"}, {0, "open"}, {1, "shut"}});
  const auto note = world.catalog.add("note", core::SeriesKind::kEvent);
  const auto wanted = core::parse_window_stat("mean_1m").value();
  world.pipeline.set_latest(oil, 21.5, 1'000);
  world.pipeline.set_latest(oil, 20.25, 1'000, core::Quality::kUncertain, {}, wanted);
  world.pipeline.set_latest(door, 1, 900, core::Quality::kStale);
  text.viewer->greet();
  binary.viewer->greet();
  say(R"({"op":"subscribe","id":"a","series":["*","press7.*@mean_1m"],"rate":20})");
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"hello", "series", "data"}));

  auto readings = std::make_shared<core::ReadingBatch>();
  readings->add(reading(oil, -0.0, 3'000));
  readings->add(reading(oil, std::nan(""), 2'999, core::Quality::kBad));
  readings->add(reading(door, -1, 3'001));
  readings->add(reading(door, 7, 3'002, core::Quality::kUncertain));
  readings->add_text(reading(note, 0, 3'003), "too \"hot\"\n\xE2\x98\x83");
  readings->add_text(reading(note, 0, -5, core::Quality::kStale), "");
  core::Reading statistic = reading(oil, 1e-310, 3'004);
  statistic.series = core::SeriesId{0x8000'0001U};
  readings->add(statistic);
  loop->advance(1s);
  hub->publish(readings);
  loop->run();
  const auto messages = take();
  ASSERT_EQ(ops_of(messages), (std::vector<std::string>{"data"}));
  EXPECT_EQ(messages[0].at("rows").as_array().size(), 7U);

  hub->rewritten(core::from_ms(5'000), core::from_ms(7'000));
  loop->run();
  loop->advance(1s);
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"gap"}));

  world.catalog.replace(oil, "°F");
  world.catalog.add("a.new.one", core::SeriesKind::kCounter);
  second();
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"series"}));

  say(R"({"op":"subscribe","id":"ünï","series":["{{"]})");
  say(R"({"op":"unsubscribe","id":"nobody"})");
  say("{");
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"error", "error", "error"}));
}

TEST_F(LiveForms, ResumeMergeAndGapAreTheSame) {
  const auto a = world.catalog.add("a");
  say(R"({"op":"subscribe","id":"s","series":["a"],"rate":20})");
  publish({reading(a, 1, 1)});
  loop->advance(50ms);
  const auto first = take();
  ASSERT_EQ(op_of(first.back()), "data");
  const std::string since = std::to_string(first.back().at("seq").as_int64());
  for (int i = 2; i < 5; ++i) {
    publish({reading(a, i * 1.5, i)});
    loop->advance(50ms);
  }
  say(R"({"op":"subscribe","id":"s","series":["a"],"rate":20,"since":)" + since + "}");
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"series", "data", "data", "data"}));
  for (int i = 5; i < 70; ++i) {
    publish({reading(a, i * 1.5, i)});
    loop->advance(50ms);
  }
  EXPECT_EQ(ops_of(take()), (std::vector<std::string>{"gap", "data"})) << "more than two seconds behind";
}

TEST_F(LiveForms, EachFormIsEncodedOnceAndSharedByItsViewers) {
  const auto a = world.catalog.add("a");
  std::vector<std::unique_ptr<FormClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<FormClient>(*hub, i % 2 == 0 ? LiveForm::kJson : LiveForm::kBinary));
    clients.back()->viewer->receive(R"({"op":"subscribe","id":")" + std::to_string(i) + R"(","series":["a"]})");
  }
  loop->run();
  for (auto& client : clients) client->take();
  loop->advance(1s);
  const auto before = hub->stats().encodings;
  publish({reading(a, 7, 7)});
  std::set<const std::string*> bodies;
  for (auto& client : clients) {
    Outgoing out;
    ASSERT_TRUE(client->viewer->next(out));
    bodies.insert(out.body.get());
  }
  EXPECT_EQ(hub->stats().encodings - before, 2U);
  EXPECT_EQ(bodies.size(), 2U);
  EXPECT_EQ(hub->stats().feeds, 2U);
}

TEST_F(LiveForms, BinaryTakesUnderHalfTheBytes) {
  std::vector<core::SeriesPtr> series;
  series.reserve(20);
  for (int i = 0; i < 20; ++i) series.push_back(world.catalog.add("line" + std::to_string(i)));
  say(R"({"op":"subscribe","id":"a","series":["line*"]})");
  take();
  text.size = binary.size = 0;
  for (std::int64_t frame = 0; frame < 50; ++frame) {
    auto readings = std::make_shared<core::ReadingBatch>();
    const double value = 20 + std::sin(static_cast<double>(frame));
    for (const auto& one : series) readings->add(reading(one, value, 1'767'229'200'000 + frame * 100));
    loop->advance(100ms);
    hub->publish(readings);
    loop->run();
    ASSERT_EQ(take().size(), 1U);
  }
  EXPECT_LT(binary.size * 2, text.size);
}

TEST(LiveBinary, BytesAreThoseOfTheDocument) {
  core::SeriesInfo series;
  series.declaration.key.name = "t";
  series.key_text = "t";
  const auto rows = binary_encoder().rows();
  rows->add(3, series, false, {1'000, 1.5, core::Quality::kGood, {}});
  rows->add(4, series, false, {998, -2.0, core::Quality::kStale, {}});
  const std::string message = binary_encoder().head(LiveOp::kData, "a") + *rows->take(300);
  const unsigned char expected[] = {
      3,    1,    'a',                       // data, id
      0xd8, 0x04,                            // seq 300
      2,    1,                               // 2 rows, marks follow
      6,    2,                               // refs 3, +1
      0xd0, 0x0f, 3,                         // times 1000, -2
      0,    1,                               // good, stale
      0,    0,    0,   0, 0, 0, 0xf8, 0x3f,  // 1.5
      0,    0,    0,   0, 0, 0, 0,    0xc0,  // -2.0
  };
  EXPECT_EQ(message, std::string(reinterpret_cast<const char*>(expected), sizeof(expected)));
  EXPECT_TRUE(rows->empty());
  EXPECT_EQ(rows->bytes(), 0U);
}

// Whatever the rows: what goes in comes out, bit for bit, and is what the JSON form says.
RC_GTEST_PROP(LiveBinary, AnyRowsComeBackBitForBit, ()) {
  core::SeriesInfo gauge;
  core::SeriesInfo event;
  event.declaration.kind = core::SeriesKind::kEvent;
  const auto text = json_encoder().rows();
  const auto again = json_encoder().rows();
  const auto binary = binary_encoder().rows();
  const auto count = *rc::gen::inRange<std::size_t>(1, 200);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_text = *rc::gen::inRange(0, 8) == 0;
    const auto ref = *rc::gen::arbitrary<std::uint32_t>();
    const auto words = is_text ? *rc::gen::arbitrary<std::string>() : std::string();
    values.push_back(is_text ? 0 : std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>()));
    const RowValue row{*rc::gen::arbitrary<std::int64_t>(), values.back(),
                       static_cast<core::Quality>(*rc::gen::inRange(0, 4)), words};
    text->add(ref, is_text ? event : gauge, false, row);
    binary->add(ref, is_text ? event : gauge, false, row);
  }
  const auto seq = *rc::gen::arbitrary<std::int64_t>();
  const FrameBody body = binary->take(seq);
  test::BinaryCursor in(*body);
  RC_ASSERT(in.integer() == seq);
  const auto rows = test::read_rows(in);
  RC_ASSERT(in.at_end());
  RC_ASSERT(rows.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    RC_ASSERT(std::bit_cast<std::uint64_t>(rows[i].value) == std::bit_cast<std::uint64_t>(values[i]));
    again->add(static_cast<std::uint32_t>(rows[i].ref), rows[i].is_text ? event : gauge, false,
               {rows[i].time, rows[i].value, static_cast<core::Quality>(rows[i].quality), rows[i].text});
  }
  RC_ASSERT(*again->take(seq) == *text->take(seq));
}

}  // namespace
}  // namespace telltale::net
