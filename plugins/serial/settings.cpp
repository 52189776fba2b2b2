#include "plugins/serial/settings.h"

#include <algorithm>

#include <telltale/payload/payload_settings.hpp>

#include "plugins/serial/framing/byte_text.h"
#include "plugins/serial/serial_options.h"

namespace telltale::serial {
namespace {

std::string bytes_at(const Options& options, std::string_view key) {
  if (!options.has(key)) return {};
  auto bytes = bytes_of(options.text(key));
  if (!bytes) throw ConfigError(std::string(key) + ": '" + std::string(options.text(key)) + "' has a broken escape");
  return std::move(*bytes);
}

char byte_at(std::string_view key, std::string_view text) {
  const auto bytes = bytes_of(text);
  if (!bytes || bytes->size() != 1) throw ConfigError(std::string(key) + ": '" + std::string(text) + "' is not one byte");
  return bytes->front();
}

template <class Words>
std::size_t index_in(const Words& words, std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](telltale_str one) { return to_view(one) == word; });
  return static_cast<std::size_t>(found - words.begin());
}

std::uint32_t milliseconds(Time time) {
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

LineSettings line_of(const Options& options) {
  LineSettings line;
  line.baud = static_cast<int>(options.integer("baud"));
  line.bits = static_cast<int>(options.integer("bits"));
  line.stop_bits = static_cast<int>(options.integer("stop_bits"));
  line.parity = static_cast<Parity>(index_in(kParities, options.text("parity")));
  line.flow = static_cast<Flow>(index_in(kFlows, options.text("flow")));
  if (options.has("dtr")) line.dtr = options.flag("dtr");
  if (options.has("rts")) line.rts = options.flag("rts");
  if (line.rts && line.flow == Flow::kRtsCts) throw ConfigError("rts: the flow control rtscts sets it by itself");
  if (line.dtr && line.flow == Flow::kDtrDsr) throw ConfigError("dtr: the flow control dtrdsr sets it by itself");
  if (!options.has("rs485") || options.at("rs485").text("mode") == "off") return line;
  if (line.flow == Flow::kRtsCts || line.rts) throw ConfigError("rs485: the driver switches RTS; leave 'rts' and rtscts out");
  const Options rs485 = options.at("rs485");
  line.rs485 = Rs485{rs485.flag("rts_on_send"), milliseconds(rs485.duration("before")),
                     milliseconds(rs485.duration("after")), rs485.flag("hears_itself"), rs485.flag("terminate")};
  return line;
}

void take_checksum(const Options& frame, FrameRules& rules) {
  const std::string_view word = frame.text("checksum");
  rules.nmea = word == "nmea";
  rules.checksum = payload::checksum_from(word).value_or(payload::Checksum::kNone);
  rules.checksum_from = static_cast<std::size_t>(frame.integer("checksum_from"));
  const std::string_view form = frame.text("checksum_form");
  rules.checksum_form = form == "hex"      ? ChecksumForm::kHex
                        : form == "little" ? ChecksumForm::kLittleEndian
                                           : ChecksumForm::kBigEndian;
}

void take_escapes(const Options& frame, FrameRules& rules) {
  if (!frame.has("escape")) return;
  if (rules.kind != FrameKind::kDelimiter) throw ConfigError("frame: only 'delimiter' has an 'escape'");
  rules.escape = byte_at("escape", frame.text("escape"));
  rules.escape_xor = static_cast<unsigned char>(frame.integer("escape_xor"));
  for (const std::string& pair : frame.texts("escape_map")) {
    const std::size_t equals = pair.find('=', 1);
    if (equals == std::string::npos) throw ConfigError("escape_map: '" + pair + "' is not like \\xdc=\\xc0");
    rules.escape_map.emplace_back(byte_at("escape_map", std::string_view(pair).substr(0, equals)),
                                  byte_at("escape_map", std::string_view(pair).substr(equals + 1)));
  }
}

FrameRules frame_of(const Options& frame) {
  FrameRules rules;
  rules.kind = static_cast<FrameKind>(index_in(kFrameWords, frame.text("kind")));
  rules.start = bytes_at(frame, "start");
  rules.end = bytes_at(frame, "end");
  if (rules.kind == FrameKind::kLine && !rules.end.empty()) rules.kind = FrameKind::kDelimiter;
  rules.gap = frame.duration("gap");
  rules.max_size = static_cast<std::size_t>(frame.integer("max_size"));
  rules.length_at = static_cast<std::size_t>(frame.integer("length_at"));
  rules.length_size = static_cast<std::size_t>(frame.integer("length_size"));
  rules.length_little = frame.text("length_order") == "little";
  rules.length_adds = static_cast<std::ptrdiff_t>(frame.integer("length_adds"));
  if (frame.has("size")) rules.size = static_cast<std::size_t>(frame.integer("size"));
  take_checksum(frame, rules);
  take_escapes(frame, rules);
  if (rules.kind == FrameKind::kDelimiter && rules.end.empty()) throw ConfigError("frame: 'end' is missing");
  if (rules.kind == FrameKind::kFixed && rules.size == 0) throw ConfigError("frame: 'size' is missing");
  if (rules.kind == FrameKind::kSilence && rules.gap == Time{}) throw ConfigError("frame: 'gap' is missing");
  if (rules.size > rules.max_size || rules.size < rules.start.size() * (rules.size != 0 ? 1U : 0U)) {
    throw ConfigError("frame: 'size' does not fit 'max_size' or 'start'");
  }
  const bool is_lost = rules.kind == FrameKind::kFixed && rules.start.empty() && rules.gap == Time{} &&
                       rules.checksum == payload::Checksum::kNone;
  if (is_lost) {
    throw ConfigError("frame: messages of a fixed size need a 'start', a 'checksum' or a 'gap' to tell where they begin");
  }
  return rules;
}

}  // namespace

Settings make_settings(const Options& options) {
  Settings made;
  if (options.has("port")) made.port = options.text("port");
  if (options.has("usb")) {
    const Options usb = options.at("usb");
    const auto take = [&](std::string_view key, std::string& to) {
      if (usb.has(key)) to = usb.text(key);
    };
    take("vendor", made.usb.vendor);
    take("product", made.usb.product);
    take("serial", made.usb.serial);
    take("interface", made.usb.interface);
  }
  const bool has_usb = !made.usb.vendor.empty() || !made.usb.product.empty() || !made.usb.serial.empty();
  if (made.port.empty() == !has_usb) {
    throw ConfigError(has_usb ? "'port' and 'usb' both say which port: leave one out"
                              : "'port' is missing, or 'usb' with a vendor, product or serial");
  }
  made.line = line_of(options);
  made.frame = frame_of(options.at("frame"));
  for (const std::string& text : options.texts("init")) {
    auto bytes = bytes_of(text);
    if (!bytes) throw ConfigError("init: '" + text + "' has a broken escape");
    made.init.push_back(std::move(*bytes));
  }
  made.init_delay = options.duration("init_delay");
  bool has_names = false;
  for (const Options& row : options.items("poll")) {
    PollRule poll{bytes_at(row, "send"), {}, row.duration("every"), row.duration("timeout")};
    if (poll.send.empty()) throw ConfigError("poll: 'send' is empty");
    if (row.has("name")) poll.name = row.text("name");
    has_names = has_names || !poll.name.empty();
    made.polls.push_back(std::move(poll));
  }
  if (made.polls.size() > 1'000) throw ConfigError("poll: there can be 1,000 at most");
  made.poll_delay = options.duration("poll_delay");
  made.misses = static_cast<unsigned>(options.integer("misses"));
  made.silence = options.duration("silence");
  made.name = payload::form_of(options.at("payload")) == "line" ? "{field}"
              : has_names                                        ? "{input}.{poll}.{field}"
                                                                 : "{input}.{field}";
  return made;
}

}  // namespace telltale::serial
