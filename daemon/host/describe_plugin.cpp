#include "daemon/host/describe_plugin.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "daemon/host/child_contract.h"
#include "daemon/host/child_process.h"
#include "daemon/host/control_message.h"
#include "daemon/host/json_codec.h"

namespace telltale::host {

namespace {

using core::Error;
using core::ErrorCode;
using core::Fd;
using core::make_error;
using Steady = std::chrono::steady_clock;
using Answer = core::Result<core::PluginDescription>;

struct Pipe {
  Fd read;
  Fd write;
  static core::Result<Pipe> make() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return core::errno_error(errno, "pipe");
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Fd(ends[0]), Fd(ends[1])};
  }
};

// One file being looked into.
class Question {
 public:
  static core::Result<Question> ask(const std::string& program, const std::string& file, const DescribeLimits& limits) {
    auto out = Pipe::make();
    auto err = Pipe::make();
    const Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!out || !err || !nothing.valid()) return make_error(ErrorCode::kIo, "no descriptor is left", file);
    auto child = ChildProcess::spawn(
        {program,
         {kDescribeFlag, file},
         private_environment(),
         {{nothing.get(), STDIN_FILENO}, {out->write.get(), STDOUT_FILENO}, {err->write.get(), STDERR_FILENO}}});
    if (!child) return child.error();
    Question question;
    question.file_ = file;
    question.deadline_ = Steady::now() + limits.time;
    question.limit_ = limits.bytes;
    question.child_ = std::move(*child);
    question.out_ = std::move(out->read);
    question.err_ = std::move(err->read);
    return question;
  }

  // The descriptors to wait for: the answer, the complaints, the end.
  void wait_for(std::vector<pollfd>& descriptors) const {
    for (const int fd : {out_.get(), err_.get(), child_.pidfd()}) descriptors.push_back({fd, POLLIN, 0});
  }
  [[nodiscard]] Steady::time_point deadline() const { return deadline_; }

  // Takes what has come; the answer once there is one.
  std::optional<Answer> look(std::span<const pollfd> ready) {
    const bool ended = ready[2].revents != 0;
    take(out_, answer_);
    take(err_, complaints_);
    if (answer_.size() > limit_) {
      child_.kill();
      return refuse("answers with more than " + std::to_string(limit_) + " bytes");
    }
    if (ended) return conclude();
    if (Steady::now() < deadline_) return std::nullopt;
    child_.kill();
    return make_error(ErrorCode::kTimeout, "does not finish loading: it was ended after 5 s", file_);
  }

 private:
  [[nodiscard]] Answer refuse(const std::string& why) const { return make_error(ErrorCode::kInvalid, why, file_); }

  void take(Fd& from, std::string& into) const {
    std::array<char, 16'384> bytes{};
    for (;;) {
      const auto got = ::read(from.get(), bytes.data(), bytes.size());
      if (got == 0) from.reset();  // else poll() would report its end for ever
      if (got <= 0) return;
      into.append(bytes.data(), static_cast<std::size_t>(got));
      if (into.size() > limit_) return;
    }
  }
  Answer conclude() {
    const ExitCause cause = child_.wait();
    auto description = decode_description(answer_);
    if (description) {
      if (!cause.signalled && cause.number == 0) return description;
      return refuse(cause.text() + " after it was loaded");
    }
    // Its own reason already names the file.
    if (description.error().code == ErrorCode::kInvalid)
      return make_error(ErrorCode::kInvalid, description.error().message);
    std::string why = cause.text() + " while it was loaded";
    if (!complaints_.empty()) why += ": " + one_line(last_line(), kMaxReasonBytes);
    return refuse(why);
  }
  [[nodiscard]] std::string last_line() const {
    std::string_view text = complaints_;
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    const auto newline = text.rfind('\n');
    return std::string(newline == std::string_view::npos ? text : text.substr(newline + 1));
  }

  std::string file_;
  Steady::time_point deadline_;
  std::size_t limit_ = 0;
  ChildProcess child_;
  Fd out_;
  Fd err_;
  std::string answer_;
  std::string complaints_;
};

int milliseconds_until(Steady::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Steady::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace

std::vector<Answer> describe_plugins(const std::string& host_program, std::span<const std::string> files,
                                     const DescribeLimits& limits) {
  std::vector<std::optional<Answer>> answers(files.size());
  std::vector<std::pair<std::size_t, Question>> open;
  std::size_t next = 0;
  while (next < files.size() || !open.empty()) {
    while (next < files.size() && open.size() < limits.at_once) {
      auto question = Question::ask(host_program, files[next], limits);
      if (question) {
        open.emplace_back(next, std::move(*question));
      } else {
        answers[next] = question.error();
      }
      ++next;
    }
    std::vector<pollfd> descriptors;
    auto first = Steady::time_point::max();
    for (const auto& [index, question] : open) {
      question.wait_for(descriptors);
      first = std::min(first, question.deadline());
    }
    if (!open.empty()) ::poll(descriptors.data(), descriptors.size(), milliseconds_until(first));
    std::size_t place = 0;
    std::erase_if(open, [&](auto& entry) {
      answers[entry.first] = entry.second.look(std::span(descriptors).subspan(place, 3));
      place += 3;
      return answers[entry.first].has_value();
    });
  }
  std::vector<Answer> all;
  all.reserve(answers.size());
  for (auto& answer : answers) all.push_back(std::move(*answer));
  return all;
}

}  // namespace telltale::host
