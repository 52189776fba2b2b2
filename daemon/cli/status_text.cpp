#include "daemon/cli/status_text.h"

#include <string>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "daemon/cli/json.h"
#include "daemon/cli/json_text.h"

namespace telltale::cli {
namespace {

namespace json = boost::json;

const json::value& part(const json::value& object, std::string_view name) {
  static const json::value kNone;
  const json::value* found = member(object, name);
  return found == nullptr ? kNone : *found;
}

// One line that is put together from what is there.
class Phrase {
 public:
  Phrase& add(std::string_view before, const std::string& value, std::string_view after = {}) {
    if (value.empty()) return *this;
    if (!text_.empty()) text_ += ", ";
    text_ += fmt::format("{}{}{}", before, value, after);
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string size_of(const json::value& object, std::string_view name) {
  const json::value& value = part(object, name);
  return value.is_number() ? size_text(value.to_number<double>()) : std::string();
}

// A count that is only worth a word when it is not 0.
std::string if_any(const json::value& object, std::string_view name) {
  std::string text = text_of(object, name);
  return text == "0" ? std::string() : text;
}

std::string rate_of(const json::value& pipeline) {
  const json::value& rate = part(pipeline, "readings_per_second");
  return rate.is_number() ? fmt::format("{:.1f}", rate.to_number<double>()) : std::string();
}

std::string clock_of(const json::value& status) {
  const json::value& synchronised = part(part(status, "clock"), "synchronised");
  if (!synchronised.is_bool()) return {};
  return synchronised.get_bool() ? "synchronised" : "not synchronised: times are uncertain";
}

// Of TLS: whose certificate it is, until when, and by what a browser's warning can be checked.
Phrase encryption_of(const json::value& tls) {
  Phrase phrase;
  const std::string mode = text_of(tls, "mode");
  if (mode.empty()) return phrase;
  if (mode == "off") return phrase.add("", "off: who listens on the network can read along");
  phrase.add("", text_of(tls, "own") == "yes" ? "certificate of this device" : "certificate of the configuration");
  phrase.add("until ", time_of(tls, "not_after")).add("SHA-256 ", text_of(tls, "fingerprint"));
  return phrase.add("not as configured: ", text_of(tls, "error"));
}

}  // namespace

Table status_table(const json::value& status) {
  Table table({"", ""});
  const auto row = [&table](const char* name, const Phrase& phrase) {
    if (!phrase.text().empty()) table.add({name, phrase.text()});
  };
  const json::value& device = part(status, "device");
  const json::value& pipeline = part(status, "pipeline");
  const json::value& storage = part(status, "storage");
  const json::value& server = part(status, "server");
  row("device", Phrase().add("", text_of(device, "name")).add("", text_of(device, "site")));
  row("daemon", Phrase().add("telltaled ", text_of(status, "version")).add("since ", time_of(status, "started_at")));
  for (const auto& address : array_of(part(status, "addresses"))) {
    row("address", Phrase().add("", text_of(address)));
  }
  row("encryption", encryption_of(part(status, "tls")));
  row("setup code", Phrase().add("", text_of(status, "setup_code"), " (open the page from the network and type it)"));
  row("health", Phrase().add("", text_of(status, "health")));
  row("clock", Phrase().add("", clock_of(status)));
  row("readings", Phrase()
                      .add("", text_of(pipeline, "readings"))
                      .add("", rate_of(pipeline), " a second")
                      .add("", text_of(pipeline, "series"), " series")
                      .add("", if_any(pipeline, "rejected"), " rejected")
                      .add("", if_any(pipeline, "late"), " late")
                      .add("", if_any(pipeline, "journal_lost"), " not kept"));
  row("storage", Phrase()
                     .add("", size_of(storage, "bytes"))
                     .add("of at most ", size_of(storage, "budget"))
                     .add("", text_of(storage, "samples"), " readings")
                     .add("since ", time_of(storage, "oldest"))
                     .add("", size_of(storage, "written_bytes"), " written")
                     .add("", text_of(storage, "error")));
  for (const auto& sink : array_of(part(status, "sinks"))) {
    row("sink", Phrase()
                    .add("", text_of(sink, "id"))
                    .add("", text_of(sink, "state"))
                    .add("", text_of(sink, "reason"))
                    .add("", text_of(sink, "sent"), " sent")
                    .add("", if_any(sink, "parked"), " refused by the other side")
                    .add("catching up since ", time_of(sink, "owed_since"))
                    .add("", if_any(sink, "lost_readings"), " lost: older than the history"));
  }
  row("clients", Phrase()
                     .add("", text_of(server, "viewers"), " viewers")
                     .add("", text_of(server, "connections"), " connections")
                     .add("", if_any(server, "readings_dropped"), " readings dropped for slow viewers"));
  return table;
}

}  // namespace telltale::cli
