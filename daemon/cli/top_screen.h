// What `telltale top` shows: a device at a glance, as lines of text. Pure but for what it remembers of the view before.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace telltale::cli {

struct TopView {
  boost::json::value status;                 // of GET /api/v1/status
  boost::json::value latest;                 // of GET /api/v1/latest
  std::map<std::string, std::string> units;  // of series, by key
  std::string trouble;                       // why there is nothing newer; empty: there is
};

struct TopSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
  bool colour = true;
};

class TopScreen {
 public:
  // At most `size.rows` lines of `size.columns` characters, escaped; colours are SGR sequences, which take no room.
  // `skipped`: series above the first that is shown; it is kept within what there is.
  [[nodiscard]] std::vector<std::string> draw(const TopView& view, const TopSize& size, std::size_t& skipped);

 private:
  struct Count {
    double readings = 0;
    double time = 0;  // ms
    double rate = 0;
  };
  [[nodiscard]] double rate_of(const std::string& input, double readings, double time);

  std::map<std::string, Count> counts_;      // of inputs
  std::map<std::string, std::string> seen_;  // values of series, in the view before
};

}  // namespace telltale::cli
