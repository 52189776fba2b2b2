// Records as line protocol, in batches of one unit and kind, since line protocol can say neither. Posted durable, again
// and again while the daemon is busy or away for a moment. One thread; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "daemon/core/error.h"
#include "daemon/net/client.h"
#include "daemon/tools/import_record.h"

namespace telltale::tools {

class ImportBatches {
 public:
  static constexpr std::size_t kMostBytes = 1U << 20U;  // held before they are posted
  static constexpr std::size_t kMostReadings = 20'000;

  // `refused`: the daemon took a batch, but not all of it.
  using Refused = std::function<void(const std::string& why)>;
  ImportBatches(net::Client& daemon, Refused refused) : daemon_(daemon), refused_(std::move(refused)) {}

  void add(const ImportRecord& record);
  [[nodiscard]] bool full() const { return bytes_ >= kMostBytes || readings_ >= kMostReadings; }
  // Everything that was added is on the daemon's disk.
  [[nodiscard]] core::Result<void> flush();

 private:
  using Group = std::pair<std::string, core::SeriesKind>;
  [[nodiscard]] core::Result<void> post(const Group& group, const std::string& body);

  net::Client& daemon_;
  const Refused refused_;
  std::map<Group, std::string> groups_;
  std::size_t bytes_ = 0;
  std::size_t readings_ = 0;
};

void append_line(std::string& out, const ImportRecord& record);

}  // namespace telltale::tools
