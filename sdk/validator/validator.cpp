#include "sdk/validator/validator.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <poll.h>

#include "sdk/validator/case.h"
#include "sdk/validator/case_process.h"

namespace telltale::validator {

namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

// A directory that is gone with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "telltale-validate-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory can be made: " + name);
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string make(std::string_view name) const {
    const fs::path path = fs::path(path_) / name;
    fs::create_directory(path);
    return path.string();
  }

 private:
  std::string path_;
};

class Validation {
 public:
  Validation(const Request& request, const std::function<void(const CaseResult&)>& ended)
      : request_(request), ended_(ended), file_(fs::absolute(request.file).lexically_normal().string()) {
    for (const Case* one : all_cases()) {
      const auto& only = request.only;
      if (only.empty() || std::find(only.begin(), only.end(), one->info.id) != only.end()) waiting_.push_back(one);
    }
    for (const Case* one : waiting_) order_.push_back(one->info.id);
  }

  Report run() {
    while (!waiting_.empty() || !running_.empty()) {
      start_what_can_be();
      wait();
      std::erase_if(running_, [this](const std::unique_ptr<CaseProcess>& one) {
        if (!one->look()) return false;
        if (report_.plugin.empty()) report_.plugin = one->stage().name.get();
        if (report_.version.empty()) report_.version = one->stage().version.get();
        conclude(one->result());
        return true;
      });
    }
    for (const std::string_view id : order_) report_.cases.push_back(results_.at(id));
    return std::move(report_);
  }

 private:
  enum class Standing : std::uint8_t { kOpen, kWell, kBad };

  // Of a case that others wait for; one that is not tried at all is well.
  [[nodiscard]] Standing standing(std::string_view id) const {
    if (id.empty() || std::find(order_.begin(), order_.end(), id) == order_.end()) return Standing::kWell;
    const auto found = results_.find(id);
    if (found == results_.end()) return Standing::kOpen;
    return is_bad(found->second.status) || blocked_by_.contains(id) ? Standing::kBad : Standing::kWell;
  }

  void start_what_can_be() {
    std::erase_if(waiting_, [this](const Case* one) {
      bool open = false;
      for (const std::string_view id : one->after) {
        const Standing standing_of_it = standing(id);
        if (standing_of_it == Standing::kBad) return block(*one, id);
        open = open || standing_of_it == Standing::kOpen;
      }
      if (open || running_.size() >= std::max<std::size_t>(request_.at_once, 1)) return false;
      running_.push_back(std::make_unique<CaseProcess>(*one, request_, file_, directory_.make(one->info.id)));
      return true;
    });
  }

  bool block(const Case& one, std::string_view by) {
    const auto deeper = blocked_by_.find(by);
    const std::string_view root = deeper == blocked_by_.end() ? by : deeper->second;
    blocked_by_.emplace(one.info.id, root);
    conclude({one.info, Status::kSkipped, "it needs " + std::string(root) + ", which did not pass", {}});
    return true;
  }

  void conclude(CaseResult result) {
    if (ended_) ended_(result);
    results_.insert_or_assign(result.info.id, std::move(result));
  }

  void wait() const {
    if (running_.empty()) return;
    std::vector<pollfd> waits;
    auto until = Steady::time_point::max();
    for (const auto& one : running_) {
      one->add_waits(waits);
      until = std::min(until, one->next_look());
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    ::poll(waits.data(), waits.size(), static_cast<int>(std::clamp<long>(left.count(), 0, 60'000)));
  }

  const Request& request_;
  const std::function<void(const CaseResult&)>& ended_;
  std::string file_;
  TemporaryDirectory directory_;
  std::vector<std::string_view> order_;
  std::vector<const Case*> waiting_;
  std::vector<std::unique_ptr<CaseProcess>> running_;
  std::map<std::string_view, CaseResult> results_;
  std::map<std::string_view, std::string_view> blocked_by_;  // case -> the one that is bad
  Report report_;
};

}  // namespace

std::string_view to_text(Status status) {
  switch (status) {
    case Status::kPassed:
      return "passed";
    case Status::kFailed:
      return "failed";
    case Status::kSkipped:
      return "skipped";
    case Status::kCrashed:
      return "crashed";
    case Status::kTimedOut:
      return "timed out";
  }
  return "failed";
}

bool is_bad(Status status) { return status != Status::kPassed && status != Status::kSkipped; }

std::vector<const Case*> all_cases() {
  std::vector<const Case*> all;
  for (const auto& part : {file_cases(), entry_cases(), option_cases(), create_cases(), run_cases(), publish_cases(),
                           process_cases(), needs_cases(), extension_cases()}) {
    for (const Case& one : part) all.push_back(&one);
  }
  return all;
}

std::vector<CaseInfo> list_cases() {
  std::vector<CaseInfo> list;
  for (const Case* one : all_cases()) list.push_back(one->info);
  return list;
}

std::size_t Report::count(Status status) const {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [&](const CaseResult& one) { return one.status == status; }));
}

bool Report::good() const {
  return std::none_of(cases.begin(), cases.end(), [](const CaseResult& one) { return is_bad(one.status); });
}

Report validate(const Request& request, const std::function<void(const CaseResult&)>& ended) {
  return Validation(request, ended).run();
}

}  // namespace telltale::validator
