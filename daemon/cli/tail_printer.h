// Turns frames of the live protocol (GET /api/v1/events) into lines. One thread; its only effect is its output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/json/value.hpp>

#include "daemon/cli/output.h"
#include "daemon/core/error.h"

namespace telltale::cli {

class TailPrinter {
 public:
  // `count` readings, 0: no end; `json`: an object per line instead of cells. Borrows the output.
  TailPrinter(const Output& output, std::uint64_t count, bool json)
      : output_(output), left_(count), endless_(count == 0), json_(json) {}
  // Prints what a frame brings. False once the wanted number is printed, or when nobody reads the output any more.
  // An `error` frame is the error; what is no frame is passed over.
  [[nodiscard]] core::Result<bool> take(std::string_view frame);

 private:
  struct Series {
    std::string key;
    std::string unit;
  };
  void learn(const boost::json::value& frame);
  void print(const boost::json::value& row);

  const Output& output_;
  std::unordered_map<std::int64_t, Series> series_;  // by `ref`
  std::uint64_t left_;
  bool endless_;
  bool json_;
};

}  // namespace telltale::cli
