#include "plugins/serial/framing/framer.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace telltale::serial {
namespace {

constexpr bool is_line_end(char c) { return c == '\r' || c == '\n'; }

// $…*hh: the checksum is over what stands between.
bool check_nmea(std::string_view body) {
  const std::size_t star = body.rfind('*');
  if (star == std::string_view::npos || body.empty() || body.size() - star < 3) return false;
  std::uint32_t said = 0;
  const std::string_view digits = body.substr(star + 1, 2);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), said, 16);
  const std::size_t from = body.front() == '$' || body.front() == '!' ? 1 : 0;
  return parsed.ec == std::errc{} && parsed.ptr == digits.data() + 2 &&
         payload::checksum_of(payload::Checksum::kXor, body.substr(from, star - from)) == said;
}

}  // namespace

bool check_and_strip(const FrameRules& rules, std::string_view& body) {
  if (rules.nmea) return check_nmea(body);
  if (rules.checksum == payload::Checksum::kNone) return true;
  const std::size_t bytes = payload::size_of(rules.checksum);
  const std::size_t size = rules.checksum_form == ChecksumForm::kHex ? bytes * 2 : bytes;
  if (body.size() < size + rules.checksum_from) return false;
  const std::string_view said = body.substr(body.size() - size);
  std::uint32_t value = 0;
  if (rules.checksum_form == ChecksumForm::kHex) {
    const auto parsed = std::from_chars(said.data(), said.data() + said.size(), value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != said.data() + said.size()) return false;
  } else {
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = rules.checksum_form == ChecksumForm::kLittleEndian ? size - 1 - i : i;
      value = value << 8U | static_cast<unsigned char>(said[at]);
    }
  }
  const std::string_view covered = body.substr(rules.checksum_from, body.size() - size - rules.checksum_from);
  if (payload::checksum_of(rules.checksum, covered) != value) return false;
  body.remove_suffix(size);
  return true;
}

Framer::Framer(FrameRules rules) : rules_(std::move(rules)) { buffer_.reserve(rules_.max_size); }

void Framer::reset(Time now, bool in_step) {
  buffer_.clear();
  used_ = 0;
  opened_ = now;
  last_byte_ = now;
  in_step_ = in_step || !rules_.start.empty() || rules_.kind == FrameKind::kFixed || rules_.kind == FrameKind::kLength;
}

std::optional<Time> Framer::deadline() const {
  if (rules_.gap == Time{} || pending() == 0) return std::nullopt;
  return last_byte_ + rules_.gap;
}

void Framer::drop(std::string_view reason, std::size_t bytes, FrameSink& sink) {
  if (bytes == 0) return;
  sink.dropped(reason, rest().substr(0, bytes));
  take(bytes);
}

void Framer::feed(std::string_view bytes, Time now, FrameSink& sink) {
  if (bytes.empty()) return;
  idle(now, sink);
  if (!in_step_ && pending() == 0 && now - last_byte_ >= kQuietStart) in_step_ = true;
  last_byte_ = now;
  if (used_ != 0) {
    buffer_.erase(0, used_);
    used_ = 0;
  }
  buffer_.append(bytes);
  scan(sink);
}

void Framer::idle(Time now, FrameSink& sink) {
  const auto at = deadline();
  if (!at || now < *at) return;
  if (rules_.kind != FrameKind::kSilence) {
    drop("truncated", pending(), sink);
    in_step_ = true;  // what comes after a silence is a beginning
    return;
  }
  const std::string_view body = rest();
  if (std::exchange(in_step_, true)) {
    finish(body, sink);
  } else {
    sink.dropped("stray", body);
  }
  take(body.size());
}

void Framer::scan(FrameSink& sink) {
  for (;;) {
    if (pending() == 0) return;
    Step step = Step::kWait;
    switch (rules_.kind) {
      case FrameKind::kSilence:
        break;
      case FrameKind::kFixed:
      case FrameKind::kLength:
        step = scan_sized(sink);
        break;
      default:
        step = scan_delimited(sink);
    }
    if (step == Step::kAgain) continue;
    if (pending() > rules_.max_size) {
      drop("too_long", pending(), sink);
      in_step_ = !rules_.start.empty();  // its end is still to come
    }
    return;
  }
}

// How many bytes stand before the next place where a frame may begin.
std::size_t Framer::next_start(std::string_view bytes) const {
  if (rules_.start.empty()) return 0;
  const std::size_t found = bytes.find(rules_.start);
  if (found != std::string_view::npos) return found;
  for (std::size_t keep = std::min(rules_.start.size() - 1, bytes.size()); keep > 0; --keep) {  // its beginning
    if (bytes.ends_with(std::string_view(rules_.start).substr(0, keep))) return bytes.size() - keep;
  }
  return bytes.size();
}

std::optional<Framer::End> Framer::find_end(std::string_view bytes) const {
  if (rules_.kind == FrameKind::kLine) {
    const auto found = std::find_if(bytes.begin(), bytes.end(), is_line_end);
    if (found == bytes.end()) return std::nullopt;
    return End{static_cast<std::size_t>(found - bytes.begin()), 1};
  }
  // What is replaced when it is escaped never stands in the content; what is only marked does.
  const bool is_marked = rules_.escape && rules_.escape_xor == 0 && rules_.escape_map.empty();
  if (!is_marked) {
    const std::size_t found = bytes.find(rules_.end);
    if (found == std::string_view::npos) return std::nullopt;
    return End{found, rules_.end.size()};
  }
  for (std::size_t i = 0; i < bytes.size();) {
    if (bytes.substr(i).starts_with(rules_.end)) return End{i, rules_.end.size()};
    i += bytes[i] == *rules_.escape ? 2 : 1;
  }
  return std::nullopt;
}

Framer::Step Framer::scan_delimited(FrameSink& sink) {
  const std::size_t stray = next_start(rest());
  drop("stray", stray, sink);
  if (!rest().starts_with(rules_.start)) return Step::kWait;
  const std::string_view bytes = rest().substr(rules_.start.size());
  const auto end = find_end(bytes);
  // A second beginning before the end: the first frame lost its end. Where both are the same, or bytes are escaped by
  // themselves, a beginning cannot be told from content.
  if (!rules_.start.empty() && rules_.start != rules_.end && !rules_.escape) {
    const std::size_t again = bytes.substr(0, end ? end->at : bytes.size()).rfind(rules_.start);
    if (again != std::string_view::npos) {
      drop("truncated", rules_.start.size() + again, sink);
      return Step::kAgain;
    }
  }
  if (!end) return Step::kWait;
  const std::string_view body = bytes.substr(0, end->at);
  std::size_t whole = rules_.start.size() + end->at + end->size;
  if (rules_.start == rules_.end && rules_.kind == FrameKind::kDelimiter && !rules_.start.empty()) {
    whole -= end->size;  // it begins the next one as well
    if (body.empty()) {
      take(rules_.start.size());
      return Step::kAgain;
    }
  }
  if (!std::exchange(in_step_, true)) {
    drop("stray", whole, sink);
    return Step::kAgain;
  }
  if (body.size() > rules_.max_size) {
    drop("too_long", whole, sink);
  } else {
    if (!body.empty()) finish(body, sink);
    take(whole);
  }
  return Step::kAgain;
}

std::optional<std::size_t> Framer::size_of_frame(std::string_view bytes, bool& is_bad) const {
  if (rules_.kind == FrameKind::kFixed) return rules_.size;
  const std::size_t head = rules_.length_at + rules_.length_size;
  if (bytes.size() < head) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < rules_.length_size; ++i) {
    const std::size_t at = rules_.length_little ? rules_.length_size - 1 - i : i;
    number = number << 8U | static_cast<unsigned char>(bytes[rules_.length_at + at]);
  }
  const std::int64_t size = static_cast<std::int64_t>(number) + rules_.length_adds;
  is_bad = size < static_cast<std::int64_t>(std::max(head, rules_.start.size())) ||
           size > static_cast<std::int64_t>(rules_.max_size);
  return is_bad ? 0 : static_cast<std::size_t>(size);
}

Framer::Step Framer::scan_sized(FrameSink& sink) {
  drop("stray", next_start(rest()), sink);
  const std::string_view bytes = rest();
  if (bytes.empty() || !bytes.starts_with(rules_.start)) return Step::kWait;
  bool is_bad = false;
  const auto size = size_of_frame(bytes, is_bad);
  if (!size) return Step::kWait;
  if (is_bad) {
    drop("bad_length", 1, sink);  // looked for again from the next byte on
    return Step::kAgain;
  }
  if (bytes.size() < *size) return Step::kWait;
  std::string_view body = bytes.substr(0, *size);
  if (!check_and_strip(rules_, body)) {
    drop("wrong_checksum", 1, sink);
    return Step::kAgain;
  }
  sink.frame(bytes.substr(0, *size));
  take(*size);
  return Step::kAgain;
}

bool Framer::unescape(std::string_view body) {
  plain_.clear();
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != *rules_.escape) {
      plain_ += body[i];
      continue;
    }
    if (++i == body.size()) return false;
    if (rules_.escape_map.empty()) {
      plain_ += static_cast<char>(static_cast<unsigned char>(body[i]) ^ rules_.escape_xor);
      continue;
    }
    const auto found = std::find_if(rules_.escape_map.begin(), rules_.escape_map.end(),
                                    [&](const auto& pair) { return pair.first == body[i]; });
    if (found == rules_.escape_map.end()) return false;
    plain_ += found->second;
  }
  return true;
}

void Framer::finish(std::string_view body, FrameSink& sink) {
  std::string_view plain = body;
  if (rules_.escape) {
    if (!unescape(body)) return sink.dropped("bad_escape", body);
    plain = plain_;
  }
  if (!check_and_strip(rules_, plain)) return sink.dropped("wrong_checksum", body);
  sink.frame(plain);
}

}  // namespace telltale::serial
