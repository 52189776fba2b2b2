// Messages of quality of service 2 that have arrived and are not released yet. Paho forgets them with its client, and a
// lost client is destroyed; the broker does not send them again. So they outlive the client here, in memory.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <mqtt/exception.h>
#include <mqtt/iclient_persistence.h>

namespace telltale::mqtt {

// Owned by the session; handed to one client after the other, which calls it from its own threads, one at a time.
class InflightStore final : public ::mqtt::iclient_persistence {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;

  void open(const std::string& /*client_id*/, const std::string& /*server_uri*/) override {}
  void close() override {}
  void clear() override {
    entries_.clear();
    bytes_ = 0;
  }
  bool contains_key(const std::string& key) override { return entries_.find(key) != entries_.end(); }
  [[nodiscard]] ::mqtt::string_collection keys() const override {
    ::mqtt::string_collection all;
    for (const auto& [key, value] : entries_) all.push_back(key);
    return all;
  }
  void put(const std::string& key, const std::vector<::mqtt::string_view>& buffers) override {
    std::string value;
    for (const ::mqtt::string_view& buffer : buffers) value.append(buffer.data(), buffer.size());
    remove(key);
    if (bytes_ + value.size() > kMaxBytes) throw ::mqtt::persistence_exception();
    bytes_ += value.size();
    entries_.emplace(key, std::move(value));
  }
  [[nodiscard]] std::string get(const std::string& key) const override {
    const auto found = entries_.find(key);
    if (found == entries_.end()) throw ::mqtt::persistence_exception();
    return found->second;
  }
  void remove(const std::string& key) override {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    bytes_ -= found->second.size();
    entries_.erase(found);
  }

 private:
  std::map<std::string, std::string> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace telltale::mqtt
