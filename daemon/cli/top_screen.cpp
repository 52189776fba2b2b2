#include "daemon/cli/top_screen.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/json.h"
#include "daemon/cli/json_text.h"
#include "daemon/core/escape.h"
#include "daemon/core/utf8.h"

namespace telltale::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kGreen = "\x1b[32m";

double number_of(const json::value& object, std::string_view name) {
  const json::value* found = member(object, name);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

const json::value& part(const json::value& object, std::string_view name) {
  static const json::value kNone;
  const json::value* found = member(object, name);
  return found == nullptr ? kNone : *found;
}

// To that many characters, so that columns stand under each other. What is cut ends in an ellipsis.
std::string fitted(std::string_view text, std::size_t width, bool right = false) {
  const std::string clean = core::escape_line(text);
  std::size_t characters = 0;
  std::string_view rest = clean;
  std::string out;
  while (!rest.empty()) {
    const std::string_view before = rest;
    if (!core::take_utf8(rest)) break;
    if (characters == width) {
      while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0U) == 0x80) out.pop_back();
      if (!out.empty()) out.back() = ' ';
      if (!out.empty()) out.pop_back();
      return out + (width > 0 ? "…" : "");
    }
    out += before.substr(0, before.size() - rest.size());
    ++characters;
  }
  const std::string blanks(width - std::min(width, characters), ' ');
  return right ? blanks + out : out + blanks;
}

std::string span_text(double ms) {
  if (ms < 0) return "0 s";
  const double s = ms / 1e3;
  if (s < 10) return fmt::format("{:.1f} s", s);
  if (s < 120) return fmt::format("{:.0f} s", s);
  if (s < 7'200) return fmt::format("{:.0f} min", s / 60);
  if (s < 172'800) return fmt::format("{:.0f} h", s / 3'600);
  return fmt::format("{:.0f} d", s / 86'400);
}

std::string value_text(const json::value& value) {
  if (value.is_double()) return fmt::format("{:.6g}", value.get_double());
  return text_of(value);
}

std::string_view colour_of_state(const std::string& state) {
  if (state == "running") return kGreen;
  return state == "starting" || state == "stopped" || state == "disabled" ? kYellow : kRed;
}

class Drawing {
 public:
  explicit Drawing(const TopSize& size) : size_(size) {}

  void line(std::string text) {
    if (lines_.size() < size_.rows) lines_.push_back(std::move(text));
  }
  [[nodiscard]] std::string in(std::string_view colour, std::string text) const {
    return size_.colour ? std::string(colour) + std::move(text) + std::string(kPlain) : std::move(text);
  }
  [[nodiscard]] std::string cut(const std::string& text) const { return fitted(text, size_.columns); }
  [[nodiscard]] std::size_t left() const { return size_.rows - lines_.size(); }
  [[nodiscard]] std::size_t columns() const { return size_.columns; }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  TopSize size_;
  std::vector<std::string> lines_;
};

void draw_head(Drawing& drawing, const TopView& view) {
  const json::value& status = view.status;
  const json::value& pipeline = part(status, "pipeline");
  const json::value& storage = part(status, "storage");
  const json::value& server = part(status, "server");
  const std::string site = text_of(part(status, "device"), "site");
  drawing.line(drawing.in(
      kBold, drawing.cut(fmt::format("{}{}   Telltale {}   up {}   {}", text_of(part(status, "device"), "name"),
                                     site.empty() ? "" : " (" + site + ")", text_of(status, "version"),
                                     span_text(number_of(status, "time") - number_of(status, "started_at")),
                                     time_of(status, "time")))));
  const std::string health = view.trouble.empty() ? text_of(status, "health") : view.trouble;
  drawing.line(drawing.in(health == "ok" ? kGreen : kRed, drawing.cut("health     " + health)));
  const double dropped =
      number_of(pipeline, "journal_lost") + number_of(pipeline, "rejected") + number_of(server, "readings_dropped");
  drawing.line(drawing.cut(fmt::format("readings   {:.1f} a second, {:.0f} in all, {:.0f} series, {:.0f} dropped",
                                       number_of(pipeline, "readings_per_second"), number_of(pipeline, "readings"),
                                       number_of(pipeline, "series"), dropped)));
  drawing.line(drawing.cut(fmt::format("storage    {} of {}, {} written, history since {}",
                                       size_text(number_of(storage, "bytes")), size_text(number_of(storage, "budget")),
                                       size_text(number_of(storage, "written_bytes")), time_of(storage, "oldest"))));
  const json::value& synchronised = part(part(status, "clock"), "synchronised");
  drawing.line(drawing.cut(
      fmt::format("clients    {:.0f} viewers, {:.0f} connections; the clock is {}", number_of(server, "viewers"),
                  number_of(server, "connections"),
                  synchronised.is_bool() && !synchronised.get_bool() ? "not synchronised" : "synchronised")));
}

}  // namespace

double TopScreen::rate_of(const std::string& input, double readings, double time) {
  Count& count = counts_[input];
  if (count.time != 0 && time > count.time && readings >= count.readings) {
    count.rate = (readings - count.readings) / (time - count.time) * 1e3;
  }
  if (time > count.time || readings < count.readings) count = {readings, time, count.rate};
  return count.rate;
}

std::vector<std::string> TopScreen::draw(const TopView& view, const TopSize& size, std::size_t& skipped) {
  Drawing drawing(size);
  draw_head(drawing, view);
  const double now = number_of(view.status, "time");
  drawing.line("");
  drawing.line(
      drawing.in(kDim, drawing.cut(fmt::format("{:<16} {:<12} {:<10} {:>10} {:>9} {:>9} {:>9}  {}", "INPUT", "PLUGIN",
                                               "STATE", "A SECOND", "DROPPED", "REFUSED", "RESTARTS", "WHY"))));
  const json::array& inputs = array_of(view.status, "inputs");
  // Never more than half of the screen: series are why people look.
  const std::size_t most = std::max<std::size_t>(1, size.rows / 2 > 8 ? size.rows / 2 - 8 : 1);
  for (std::size_t i = 0; i < std::min(inputs.size(), most); ++i) {
    const json::value& input = inputs[i];
    const std::string state = text_of(input, "state");
    const std::string why = text_of(input, "reason").empty() ? text_of(input, "last_error") : text_of(input, "reason");
    const std::string row =
        fmt::format("{} {} {} {:>10.1f} {:>9.0f} {:>9.0f} {:>9.0f}  {}", fitted(text_of(input, "id"), 16),
                    fitted(text_of(input, "plugin"), 12), fitted(state, 10),
                    rate_of(text_of(input, "id"), number_of(input, "readings"), now), number_of(input, "dropped"),
                    number_of(part(input, "refused"), "count"), number_of(input, "restarts"),
                    state == "running" ? "" : core::escape_line(why));
    drawing.line(state == "running" ? drawing.cut(row) : drawing.in(colour_of_state(state), drawing.cut(row)));
  }
  if (inputs.size() > most) drawing.line(fmt::format("{} more inputs", inputs.size() - most));
  drawing.line("");
  const json::array& latest = array_of(view.latest);
  const std::size_t room = drawing.left() > 1 ? drawing.left() - 1 : 0;
  skipped = std::min(skipped, latest.size() > room ? latest.size() - room : 0);
  const std::size_t width = std::clamp<std::size_t>(size.columns > 50 ? size.columns - 46 : 10, 10, 60);
  drawing.line(drawing.in(kDim, drawing.cut(fmt::format("{} {:>16} {:<8} {:>8}  {}", fitted("SERIES", width), "VALUE",
                                                        "UNIT", "AGE", "QUALITY"))));
  std::map<std::string, std::string> seen;
  for (std::size_t i = 0; i < latest.size(); ++i) {
    const json::value& row = latest[i];
    const std::string key = text_of(row, "key");
    const std::string value = value_text(part(row, "value"));
    const auto before = seen_.find(key);
    const bool changed = before != seen_.end() && before->second != value;
    seen[key] = value;
    if (i < skipped || i >= skipped + room) continue;
    const std::string quality = text_of(row, "quality");
    const auto unit = view.units.find(key);
    const std::string text =
        fmt::format("{} {} {} {:>8}  {}", fitted(key, width), fitted(value, 16, true),
                    fitted(unit == view.units.end() ? "" : unit->second, 8), span_text(now - number_of(row, "time")),
                    quality == "good" ? "" : core::escape_line(quality));
    drawing.line(changed ? drawing.in(kBold, drawing.cut(text)) : drawing.cut(text));
  }
  seen_ = std::move(seen);
  return drawing.take();
}

}  // namespace telltale::cli
