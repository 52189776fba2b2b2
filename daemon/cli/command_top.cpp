// telltale top
#include <algorithm>
#include <array>
#include <csignal>
#include <optional>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/cli/commands.h"
#include "daemon/cli/connection.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/json.h"
#include "daemon/cli/top_screen.h"
#include "daemon/core/fd.h"
#include "daemon/core/units.h"

namespace telltale::cli {
namespace {

using std::chrono::steady_clock;

enum class Key : std::uint8_t { kNone, kQuit, kUp, kDown, kPageUp, kPageDown };

// A terminal that shows one screen and takes single keys, and is as it was when this ends.
class Terminal {
 public:
  explicit Terminal(const Output& output) : output_(output) {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_ = core::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    output_.raw("\x1b[?1049h\x1b[?25l");
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    output_.raw("\x1b[?25h\x1b[?1049l");
    output_.flush();
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

  void show(const std::vector<std::string>& lines) const {
    std::string frame = "\x1b[H";
    for (std::size_t i = 0; i < lines.size(); ++i) frame += lines[i] + "\x1b[K" + (i + 1 < lines.size() ? "\r\n" : "");
    output_.raw(frame + "\x1b[J");
    output_.flush();
  }
  // A key, or none: the time has passed, or the window has another size.
  [[nodiscard]] Key wait(steady_clock::time_point until) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
    std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return Key::kNone;
    if (signalfd_siginfo info{}; ::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
      return info.ssi_signo == SIGWINCH ? Key::kNone : Key::kQuit;
    }
    return read_key();
  }

 private:
  static Key read_key() {
    std::array<char, 16> bytes{};
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got <= 0) return Key::kQuit;  // the terminal is gone
    const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
    if (text == "q" || text == "Q" || text == "\x1b") return Key::kQuit;
    if (text == "k" || text == "\x1b[A") return Key::kUp;
    if (text == "j" || text == "\x1b[B") return Key::kDown;
    if (text == "\x1b[5~") return Key::kPageUp;
    if (text == "\x1b[6~" || text == " ") return Key::kPageDown;
    return Key::kNone;
  }

  const Output& output_;
  termios before_{};
  core::Fd signals_;
};

TopSize size_of(bool terminal) {
  TopSize size;
  winsize window{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_row > 0) {
    size.rows = window.ws_row;
    size.columns = window.ws_col;
  }
  if (!terminal) size = {100'000, 120, false};
  return size;
}

// Asked for when there is a series that has not been seen.
core::Result<void> learn_units(const std::string& glob, net::Client& client, TopView& view) {
  const auto& latest = array_of(view.latest);
  const bool known = std::all_of(latest.begin(), latest.end(), [&view](const boost::json::value& row) {
    return view.units.count(text_of(row, "key")) != 0;
  });
  if (known) return {};
  const auto body = client.get({.path = "/api/v1/series", .query = {{"match", glob}}});
  if (!body) return body.error();
  const auto series = parse_json(*body);
  if (!series) return series.error();
  view.units.clear();
  for (const auto& item : array_of(*series)) view.units[text_of(item, "key")] = text_of(item, "unit");
  for (const auto& row : latest) view.units.emplace(text_of(row, "key"), "");
  return {};
}

// What is not there any more stays on the screen, with the reason why.
core::Result<void> look(const Arguments& arguments, std::optional<net::Client>& client, TopView& view) {
  if (!client) {
    auto made = connect(arguments);
    if (!made) return made.error();
    client = std::move(*made);
  }
  const auto status = client->get({.path = "/api/v1/status", .query = {}});
  if (!status) return status.error();
  const auto latest = client->get({.path = "/api/v1/latest", .query = {{"match", arguments.glob}}});
  if (!latest) return latest.error();
  auto state = parse_json(*status);
  auto values = parse_json(*latest);
  if (!state) return state.error();
  if (!values) return values.error();
  view.status = std::move(*state);
  view.latest = std::move(*values);
  view.trouble.clear();
  return learn_units(arguments.glob, *client, view);
}

void move(std::size_t& skipped, Key key, std::size_t page) {
  if (key == Key::kUp) skipped -= std::min<std::size_t>(skipped, 1);
  if (key == Key::kDown) skipped += 1;
  if (key == Key::kPageUp) skipped -= std::min(skipped, page);
  if (key == Key::kPageDown) skipped += page;
}

Outcome watch(const Arguments& arguments, const Output& output, core::Duration every, TopView view,
              std::optional<net::Client> client) {
  const Terminal terminal(output);
  TopScreen screen;
  std::size_t skipped = 0;
  for (std::uint64_t shown = 1;; ++shown) {
    const auto next = steady_clock::now() + every;
    do {
      const TopSize size = size_of(true);
      terminal.show(screen.draw(view, size, skipped));
      const Key key = terminal.wait(next);
      if (key == Key::kQuit || !output.good()) return kExitDone;
      move(skipped, key, size.rows / 2);
    } while (steady_clock::now() < next);
    if (arguments.count != 0 && shown >= arguments.count) return kExitDone;
    if (const auto seen = look(arguments, client, view); !seen) {
      view.trouble = "trying again: " + seen.error().message;
      client.reset();
    }
  }
}

}  // namespace

Outcome run_top(const Arguments& arguments, const Output& output) {
  const auto every = core::parse_duration(arguments.every);
  if (!every || *every < std::chrono::milliseconds(200)) {
    return core::make_error(core::ErrorCode::kInvalid, "--every must be a duration of 200ms or more, such as 1s");
  }
  std::optional<net::Client> client;
  TopView view;
  if (const auto seen = look(arguments, client, view); !seen) return seen.error();
  const bool terminal = output.terminal() && ::isatty(STDIN_FILENO) == 1;
  if (terminal) return watch(arguments, output, *every, std::move(view), std::move(client));
  std::size_t skipped = 0;
  for (const std::string& line : TopScreen().draw(view, size_of(false), skipped)) output.raw(line + '\n');
  return kExitDone;
}

}  // namespace telltale::cli
