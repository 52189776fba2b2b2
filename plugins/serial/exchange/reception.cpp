#include "plugins/serial/exchange/reception.h"

#include <array>
#include <chrono>

#include <telltale/payload/payload_settings.hpp>

namespace telltale::serial {
namespace {

std::string_view time_of(const Options& options) {
  return options.has("time") ? options.text("time") : std::string_view{};
}

std::vector<std::unique_ptr<payload::Decoder>> own_decoders(const Options& options) {
  std::vector<std::unique_ptr<payload::Decoder>> made;
  for (const Options& poll : options.items("poll")) {
    try {
      made.push_back(poll.has("payload") ? payload::make_decoder(poll.at("payload"), {.time = time_of(options)}) : nullptr);
    } catch (const ConfigError& error) {
      throw ConfigError("poll " + std::to_string(made.size() + 1) + ": " + error.what());
    }
  }
  return made;
}

}  // namespace

Reception::Reception(Host host, const Settings& settings)
    : host_(host),
      framer_(settings.frame),
      polls_(settings.polls),
      decoder_(payload::make_decoder(host.options().at("payload"), {.time = time_of(host.options())})),
      own_decoders_(own_decoders(host.options())),
      map_(host, payload::make_map_settings(host.options(), settings.name)),
      refusals_(host, "frames") {}

payload::Decoder& Reception::decoder() const {
  if (poll_ == nullptr) return *decoder_;
  const auto& own = own_decoders_[static_cast<std::size_t>(poll_ - polls_.data())];
  return own ? *own : *decoder_;
}

void Reception::feed(std::string_view bytes, Time now) {
  now_ = now;
  bytes_ += bytes.size();
  host_.count("bytes.read", bytes.size());
  framer_.feed(bytes, now, *this);
  if (good_ != counted_) host_.count("frames.good", good_ - counted_);
  counted_ = good_;
}

void Reception::idle(Time now) {
  now_ = now;
  framer_.idle(now, *this);
  if (good_ != counted_) host_.count("frames.good", good_ - counted_);
  counted_ = good_;
}

void Reception::frame(std::string_view bytes) {
  if (has_polls() && poll_ == nullptr) return host_.count("frames.unasked");
  std::array<payload::LineTag, 1> variables{{{"poll", {}}}};
  if (poll_ != nullptr) variables[0].value = source();
  map_.begin(bytes, {.source = source(), .arrival = now_, .variables = variables});
  decoder().decode(bytes, map_);
  // Messages that were read together came one after the other: readings of one time would count as one.
  now_ += std::chrono::microseconds(1);
  if (map_.end()) {
    ++good_;
    poll_ = nullptr;  // one answer to a question
  } else {
    host_.count("frames.refused");
  }
}

void Reception::dropped(std::string_view reason, std::string_view bytes) {
  if (reason == "stray") return host_.count("frames.stray", bytes.size());
  refusals_.add(reason, source(), bytes);
}

// Which question was answered; of a device that speaks by itself, the port.
std::string_view Reception::source() const {
  if (poll_ == nullptr) return port_;
  return poll_->name.empty() ? poll_->send : poll_->name;
}

}  // namespace telltale::serial
