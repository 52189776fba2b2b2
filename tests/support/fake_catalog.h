// A catalogue whose plugins are tables made in the test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/core/interfaces/inputs.h"

namespace telltale::test {

class FakeCatalog final : public core::PluginCatalog {
 public:
  FakeCatalog();  // linux, mqtt and simulator, as far as the examples use them

  [[nodiscard]] core::Result<core::PluginDescription> find(std::string_view name) override;
  [[nodiscard]] std::vector<std::string> names() override;
  void add(std::string name, std::vector<core::OptionSpec> options);
  // A library that is there and cannot be used.
  void add_broken(std::string name, std::string reason) { broken_[std::move(name)] = std::move(reason); }

 private:
  std::map<std::string, core::PluginDescription, std::less<>> plugins_;
  std::map<std::string, std::string, std::less<>> broken_;
};

[[nodiscard]] core::OptionSpec option(std::string name, std::uint32_t type, std::uint32_t flags = 0,
                                      std::string default_text = {});
[[nodiscard]] core::OptionSpec section(std::string name, std::vector<core::OptionSpec> children,
                                       std::uint32_t flags = 0);

}  // namespace telltale::test
