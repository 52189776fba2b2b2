#include "plugins/linux/transport/systemd_bus.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <poll.h>
#include <systemd/sd-bus.h>

namespace telltale::linux_input {
namespace {

constexpr const char* kManager = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";
constexpr const char* kUnitPath = "/org/freedesktop/systemd1/unit";
constexpr const char* kUnitMatch =
    "type='signal',sender='org.freedesktop.systemd1',interface='org.freedesktop.DBus.Properties',"
    "member='PropertiesChanged',path_namespace='/org/freedesktop/systemd1/unit',arg0='org.freedesktop.systemd1.Unit'";
constexpr std::uint64_t kPatience = 10'000'000;  // us
constexpr std::size_t kMaxUnits = 4'096;         // of one answer

// The result of sd-bus: negative is an error number.
int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
  return result;
}

struct Unref {
  void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, Unref>;

void append(sd_bus_message* message, const std::vector<std::string>& texts) {
  checked(sd_bus_message_open_container(message, 'a', "s"), "message");
  for (const std::string& text : texts) checked(sd_bus_message_append_basic(message, 's', text.c_str()), "message");
  checked(sd_bus_message_close_container(message), "message");
}

std::string_view text_in(sd_bus_message* message) {
  const char* text = nullptr;
  checked(sd_bus_message_read_basic(message, 's', static_cast<void*>(&text)), "message");
  return text;
}

// a(ssssssouso): name, description, load, active, sub, followed, path, job's number, type and path.
std::vector<UnitStatus> units_in(sd_bus_message* message) {
  std::vector<UnitStatus> units;
  checked(sd_bus_message_enter_container(message, 'a', "(ssssssouso)"), "units");
  while (units.size() < kMaxUnits && checked(sd_bus_message_enter_container(message, 'r', "ssssssouso"), "units") > 0) {
    UnitStatus unit;
    unit.name = text_in(message);
    unit.description = text_in(message);
    unit.load = text_in(message);
    unit.active = text_in(message);
    checked(sd_bus_message_skip(message, "ssouso"), "units");
    checked(sd_bus_message_exit_container(message), "units");
    units.push_back(std::move(unit));
  }
  return units;
}

std::string address_of(const std::string& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string address = "unix:path=";
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      address += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      address += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return address;
}

}  // namespace

void SystemdBus::Close::operator()(sd_bus* bus) const noexcept { sd_bus_close_unref(bus); }

template <void (SystemdBus::*handle)(sd_bus_message*)>
int SystemdBus::call(sd_bus_message* message, void* self, void* /*error*/) noexcept {
  try {
    (static_cast<SystemdBus*>(self)->*handle)(message);
    return 0;
  } catch (const std::exception& error) {
    // What a handler returns goes nowhere: process() looks at this.
    static_cast<SystemdBus*>(self)->failure_ = error.what();
    return -EIO;
  }
}

SystemdBus::SystemdBus(const std::string& socket, Changed changed) : changed_(std::move(changed)) {
  sd_bus* bus = nullptr;
  checked(sd_bus_new(&bus), "sd_bus_new");
  bus_.reset(bus);
  checked(sd_bus_set_address(bus, address_of(socket).c_str()), "address");
  checked(sd_bus_set_bus_client(bus, 1), "client");
  checked(sd_bus_start(bus), socket.c_str());
  const auto handler = [](sd_bus_message* message, void* self, sd_bus_error* error) {
    return call<&SystemdBus::handle_change>(message, self, error);
  };
  checked(sd_bus_add_match_async(bus, nullptr, kUnitMatch, handler, nullptr, this), "match");
  // Without it the manager sends no signals. Its answer does not matter: others may have asked before.
  sd_bus_message* made = nullptr;
  checked(sd_bus_message_new_method_call(bus, &made, kManager, kManagerPath, kManagerInterface, "Subscribe"), "call");
  const Message subscribe(made);
  checked(sd_bus_message_set_expect_reply(made, 0), "call");
  checked(sd_bus_send(bus, made, nullptr), "send");
}

SystemdBus::~SystemdBus() = default;

bool SystemdBus::ask_matching(const std::vector<std::string>& patterns, Answer answer) {
  const std::vector<std::string> any_state;
  return ask("ListUnitsByPatterns", any_state, &patterns, std::move(answer));
}

bool SystemdBus::ask_named(const std::vector<std::string>& names, Answer answer) {
  return ask("ListUnitsByNames", names, nullptr, std::move(answer));
}

bool SystemdBus::ask(const char* method, const std::vector<std::string>& first, const std::vector<std::string>* second,
                     Answer answer) {
  if (is_asking()) return false;
  sd_bus_message* made = nullptr;
  checked(sd_bus_message_new_method_call(bus_.get(), &made, kManager, kManagerPath, kManagerInterface, method), "call");
  const Message message(made);
  append(made, first);
  if (second != nullptr) append(made, *second);
  const auto handler = [](sd_bus_message* reply, void* self, sd_bus_error* error) {
    return call<&SystemdBus::on_answer>(reply, self, error);
  };
  checked(sd_bus_call_async(bus_.get(), nullptr, made, handler, this, kPatience), "send");
  answer_ = std::move(answer);
  return true;
}

void SystemdBus::on_answer(sd_bus_message* message) {
  const Answer answer = std::exchange(answer_, nullptr);
  if (const sd_bus_error* error = sd_bus_message_get_error(message); error != nullptr) {
    failure_ = error->message != nullptr ? error->message : error->name;
    return;
  }
  answer(units_in(message));
}

void SystemdBus::on_change(sd_bus_message* message) const {
  char* unescaped = nullptr;
  if (sd_bus_path_decode(sd_bus_message_get_path(message), kUnitPath, &unescaped) <= 0) return;
  const std::unique_ptr<char, decltype(&std::free)> unit(unescaped, &std::free);
  // sa{sv}as: interface, what changed, and what did without its value.
  if (text_in(message) != "org.freedesktop.systemd1.Unit") return;
  checked(sd_bus_message_enter_container(message, 'a', "{sv}"), "change");
  while (checked(sd_bus_message_enter_container(message, 'e', "sv"), "change") > 0) {
    if (text_in(message) == "ActiveState") {
      checked(sd_bus_message_enter_container(message, 'v', "s"), "change");
      changed_(unit.get(), text_in(message));
      return;
    }
    checked(sd_bus_message_skip(message, "v"), "change");
    checked(sd_bus_message_exit_container(message), "change");
  }
}

void SystemdBus::process() {
  while (checked(sd_bus_process(bus_.get(), nullptr), "the system bus") > 0) {
    if (!failure_.empty()) throw std::runtime_error(failure_);
  }
}

bool SystemdBus::wait(int stop_fd, std::chrono::nanoseconds most) const {
  std::uint64_t until = 0;  // us of CLOCK_MONOTONIC: when sd-bus has something to do
  checked(sd_bus_get_timeout(bus_.get(), &until), "timeout");
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto now_us =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
  auto left = std::max(most, std::chrono::nanoseconds(0));
  if (until != UINT64_MAX) {
    const std::uint64_t own = until > now_us ? until - now_us : 0;
    left = std::min<std::chrono::nanoseconds>(left,
                                              std::chrono::microseconds(std::min<std::uint64_t>(own, 3'600'000'000)));
  }
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{static_cast<time_t>(whole.count()), static_cast<long>((left - whole).count())};
  const auto events = static_cast<short>(checked(sd_bus_get_events(bus_.get()), "events"));
  std::array<pollfd, 2> waits{{{stop_fd, POLLIN, 0}, {checked(sd_bus_get_fd(bus_.get()), "descriptor"), events, 0}}};
  if (::ppoll(waits.data(), waits.size(), &timeout, nullptr) < 0 && errno != EINTR) checked(-errno, "poll");
  return waits[0].revents == 0;
}

}  // namespace telltale::linux_input
