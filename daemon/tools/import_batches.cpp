#include "daemon/tools/import_batches.h"

#include <thread>

#include <fmt/format.h>

namespace telltale::tools {

namespace {

constexpr int kTries = 40;  // with what follows: half a minute
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kMostPause{1000};

void append_escaped(std::string& out, std::string_view text, std::string_view specials) {
  for (const char c : text) {
    if (specials.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
}

void append_value(std::string& out, const ImportRecord& record) {
  if (const auto* number = std::get_if<double>(&record.value)) {
    fmt::format_to(std::back_inserter(out), "{}", *number);
  } else if (const auto* flag = std::get_if<bool>(&record.value)) {
    out += *flag ? "true" : "false";
  } else {
    out += '"';
    append_escaped(out, std::get<std::string>(record.value), "\"\\");
    out += '"';
  }
}

}  // namespace

void append_line(std::string& out, const ImportRecord& record) {
  append_escaped(out, record.name, ", ");
  for (const auto& [name, value] : record.labels) {
    if (value.empty()) continue;
    out += ',';
    append_escaped(out, name, ",= ");
    out += '=';
    append_escaped(out, value, ",= ");
  }
  out += " value=";
  append_value(out, record);
  fmt::format_to(std::back_inserter(out), " {}\n", record.time);
}

void ImportBatches::add(const ImportRecord& record) {
  std::string& body = groups_[{record.unit, record.kind}];
  const std::size_t before = body.size();
  append_line(body, record);
  bytes_ += body.size() - before;
  ++readings_;
}

core::Result<void> ImportBatches::flush() {
  for (const auto& [group, body] : groups_) {
    if (auto posted = post(group, body); !posted) return posted;
  }
  groups_.clear();
  bytes_ = 0;
  readings_ = 0;
  return {};
}

core::Result<void> ImportBatches::post(const Group& group, const std::string& body) {
  net::ClientRequest request;
  request.path = "/api/v1/write";
  request.query = {{"durable", "1"}, {"precision", "ns"}, {"kind", std::string(core::to_text(group.second))}};
  if (!group.first.empty()) request.query.emplace_back("unit", group.first);
  request.body = body;
  request.content_type = "text/plain";
  request.timeout = std::chrono::seconds(60);
  auto pause = kFirstPause;
  for (int tries = 1;; ++tries) {
    auto answer = daemon_.post(request);
    if (answer) return {};
    const core::ErrorCode code = answer.error().code;
    if (code == core::ErrorCode::kInvalid) {  // the good ones are kept
      refused_(answer.error().text());
      return {};
    }
    const bool passes = code == core::ErrorCode::kUnavailable || code == core::ErrorCode::kTimeout;
    if (!passes || tries == kTries) return answer.error();
    std::this_thread::sleep_for(pause);  // nothing tells when a daemon is back
    pause = std::min(pause * 2, kMostPause);
  }
}

}  // namespace telltale::tools
