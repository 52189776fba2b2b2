#include "plugins/serial/exchange/session.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <poll.h>

#include <telltale/payload/refusals.hpp>

namespace telltale::serial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time kRetry = milliseconds(250);
constexpr Time kLookEvery = seconds(1);     // of a line where nothing comes
constexpr Time kFitPatience = seconds(10);  // for a good message, when bytes come
constexpr std::size_t kReadBytes = 4'096;
constexpr int kMaxReads = 16;  // at once, so that a line that never pauses is not read for ever

std::string seconds_text(Time time) {
  const auto count = std::chrono::duration_cast<milliseconds>(time).count();
  return count % 1'000 == 0 ? std::to_string(count / 1'000) + " s" : std::to_string(count) + " ms";
}

}  // namespace

Session::Session(Host host, const Settings& settings, int stop_fd, std::string sysfs)
    : host_(host),
      settings_(settings),
      stop_fd_(stop_fd),
      sysfs_(std::move(sysfs)),
      reception_(host, settings),
      poller_(settings.polls, settings.poll_delay, settings.misses) {}

void Session::fail(const std::string& reason) {
  is_well_ = false;
  host_.failing(reason);
  if (std::exchange(failure_, reason) != reason) host_.warning(reason);
}

void Session::run() {
  host_.connecting("opening " + (settings_.port.empty() ? std::string("the USB adapter") : settings_.port));
  const Stop stop(stop_fd_);
  for (;;) {
    if (!open()) {
      if (stop.wait_for(kRetry)) return;
      continue;
    }
    const End end = converse();
    line_.reset();
    if (end == End::kStopped) return;
    reception_.all_bad(host_.now());
    if (end == End::kLost) {
      host_.count("port.lost");
      fail(path_ + " is gone: it is looked for until it is back");
    }
  }
}

std::string Session::find(std::string& problem) const {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!settings_.port.empty()) {
    const std::string real = fs::canonical(settings_.port, error).filename().string();
    if (!error && !identity_) return settings_.port;
    if (!identity_) {
      problem =
          settings_.port + " is not there: is the adapter plugged in? A name below /dev/serial/by-id stays the same";
      return {};
    }
    // The same adapter may have come back under another name, and another one may have taken its own.
    const auto there = error ? std::nullopt : port_info(sysfs_, real);
    if (there && find_port({*there}, *identity_)) return settings_.port;
  }
  const auto found = find_port(list_ports(sysfs_), identity_ ? *identity_ : settings_.usb);
  if (found) return "/dev/" + found->name;
  problem = (settings_.port.empty() ? std::string("the USB adapter") : settings_.port) +
            " is not there: is the adapter plugged in?";
  return {};
}

// Names below /dev/serial stay with their adapter; ttyUSB0 does not.
void Session::remember() {
  if (settings_.port.empty() || settings_.port.starts_with("/dev/serial/")) return;
  std::error_code error;
  const std::string name = std::filesystem::canonical(path_, error).filename().string();
  if (error) return;
  const auto port = port_info(sysfs_, name);
  if (port && port->is_usb()) identity_ = identity_of(*port);
}

bool Session::open() {
  std::string problem;
  path_ = find(problem);
  if (path_.empty()) {
    fail(problem);
    return false;
  }
  Line::Opened opened = Line::open(path_, settings_.line);
  if (!opened.line) {
    fail(opened.problem);
    return false;
  }
  line_ = std::move(*opened.line);
  if (!opened.problem.empty()) host_.warning(opened.problem);
  remember();
  reception_.opened(path_);
  host_.count("port.opened");
  host_.info("opened " + path_);
  return true;
}

std::optional<Session::End> Session::start() {
  const Stop stop(stop_fd_);
  if (!settings_.init.empty() && stop.wait_for(settings_.init_delay)) return End::kStopped;
  for (const std::string& text : settings_.init) {
    if (!line_->write(text)) return End::kLost;
    if (stop.wait_for(settings_.init_delay)) return End::kStopped;
  }
  if (poller_.is_used()) line_->flush_input();  // answers to 'init'
  const Time now = host_.now();
  reception_.begin(now, false);
  reception_.expect(nullptr);
  poller_.start(now);
  last_byte_ = last_good_ = now;
  next_look_ = now + kLookEvery;
  bytes_at_good_ = reception_.bytes();
  if (!is_well_ && failure_.empty()) host_.connecting(path_ + " is open: waiting for the first message");
  return std::nullopt;
}

Session::End Session::converse() {
  if (const auto end = start()) return *end;
  for (;;) {
    Time now = host_.now();
    if (poller_.is_used() && !ask(now)) return End::kLost;
    Time until = std::min(next_look_, now + kLookEvery);
    if (const auto deadline = reception_.deadline()) until = std::min(until, *deadline);
    if (poller_.is_used()) until = std::min(until, poller_.deadline(now));
    if (settings_.silence != Time{}) until = std::min(until, last_good_ + settings_.silence);
    if (const auto end = receive(until)) return *end;
    now = host_.now();
    reception_.idle(now);
    say_health(now);
    if (poller_.is_used()) look_at_misses(now);
    if (const auto end = look_at_silence(now)) return *end;
  }
}

std::optional<Session::End> Session::receive(Time until) {
  const Time left = std::clamp<Time>(until - host_.now(), Time{}, std::chrono::hours(1));
  const auto whole = std::chrono::duration_cast<seconds>(left);
  const timespec wait{static_cast<time_t>(whole.count()), static_cast<long>((left - whole).count())};
  std::array<pollfd, 2> waits{{{stop_fd_, POLLIN, 0}, {line_->fd(), POLLIN, 0}}};
  const int ready = ::ppoll(waits.data(), waits.size(), &wait, nullptr);
  if (ready < 0) return errno == EINTR ? std::nullopt : std::optional(End::kLost);
  if (waits[0].revents != 0) return End::kStopped;
  if (waits[1].revents == 0) return std::nullopt;
  std::array<char, kReadBytes> bytes{};
  for (int i = 0; i < kMaxReads; ++i) {
    const auto size = line_->read(bytes);
    if (!size) return End::kLost;
    if (*size == 0) break;
    last_byte_ = host_.now();
    next_look_ = last_byte_ + kLookEvery;
    reception_.feed({bytes.data(), *size}, last_byte_);
    if (*size < bytes.size()) break;
  }
  return std::nullopt;
}

// False when the line is gone.
bool Session::ask(Time now) {
  const auto number = poller_.due(now);
  if (!number) return true;
  const PollRule& poll = settings_.polls[*number];
  line_->flush_input();
  reception_.begin(now, true);
  reception_.expect(&poll);
  if (!line_->write(poll.send)) return false;
  host_.count("poll.sent");
  poller_.sent(*number, host_.now());
  return true;
}

void Session::look_at_misses(Time now) {
  const auto miss = poller_.missed(now);
  if (!miss) return;
  const PollRule& poll = settings_.polls[miss->number];
  reception_.expect(nullptr);
  host_.count("poll.missed");
  if (!miss->died) return;
  reception_.all_bad(now, poll);
  host_.warning("no answer to \"" + payload::escaped(poll.send, 60) + "\"" +
                (poll.name.empty() ? "" : " from " + poll.name) + ": it is asked less often until one comes");
}

void Session::say_health(Time now) {
  if (reception_.good_frames() != good_) {
    good_ = reception_.good_frames();
    last_good_ = now;
    bytes_at_good_ = reception_.bytes();
    poller_.answered(now);
    failure_.clear();
    if (!std::exchange(is_well_, true)) host_.ok();
    return;
  }
  const std::uint64_t bytes = reception_.bytes() - bytes_at_good_;
  if (bytes == 0 || now - last_good_ < kFitPatience || !failure_.empty()) return;
  fail(path_ + ": bytes come (" + std::to_string(bytes) +
       "), but no message fits: do 'baud', 'parity', 'frame' and 'payload' "
       "fit the device? The counters tell what is wrong with them");
}

std::optional<Session::End> Session::look_at_silence(Time now) {
  if (now >= next_look_) {
    next_look_ = now + kLookEvery;
    if (!line_->is_there(path_)) return End::kLost;
  }
  if (settings_.silence == Time{} || now - last_good_ < settings_.silence) return std::nullopt;
  host_.count("silence.found");
  failure_.clear();  // said each time: it is never quiet for hours
  const std::uint64_t bytes = reception_.bytes() - bytes_at_good_;
  fail("no good message from " + path_ + " for " + seconds_text(settings_.silence) + " (" +
       (bytes == 0 ? std::string("nothing came at all") : std::to_string(bytes) + " bytes came that do not fit") +
       "): the port is opened anew");
  return End::kSilent;
}

}  // namespace telltale::serial
