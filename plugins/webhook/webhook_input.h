// The input: makes readings of the JSON that somebody posts to /api/v1/ingest/ID. Has no connection of its own.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <telltale/cpp/plugin.hpp>
#include <telltale/payload/json_payload.hpp>
#include <telltale/payload/refusals.hpp>

#include "plugins/webhook/settings.h"
#include "plugins/webhook/tally.h"
#include "plugins/webhook/webhook_options.h"

namespace telltale::webhook {

class WebhookInput : public StreamingInput, public Receiving {
 public:
  static constexpr PluginInfo kInfo{"webhook", "0.1.0",
                                    "Takes JSON posted to /api/v1/ingest/ID: counts, sums and rates of events."};
  static constexpr auto& kOptions = kOptionTable;

  explicit WebhookInput(Host host);
  // Publishes the rates now and then.
  void run(int stop_fd) override;
  // All of the document, or nothing of it.
  void receive(const Document& document) override;

 private:
  static constexpr std::size_t kMaxItems = 256;     // of one list
  static constexpr std::size_t kMaxEvents = 1'000;  // of one document

  struct Hit {
    Tally* tally = nullptr;
    double amount = 0;
    When when;
  };

  void find_events(const EventSettings& event, std::string_view body, std::vector<Hit>& hits);
  [[nodiscard]] std::size_t count_items(std::string_view body, const payload::JsonPath& items);
  // Adds what stands at `place` when it is such an event.
  void take_event(const EventSettings& event, std::string_view body, const payload::JsonPath& place,
                  std::vector<Hit>& hits);
  // Text and number of what stands there; nothing when there is none, or no single value.
  struct Value {
    std::string text;
    std::optional<double> number;
  };
  [[nodiscard]] std::optional<Value> look(std::string_view body, const payload::JsonPath& place,
                                          const payload::JsonPath& below);
  [[nodiscard]] bool fits(const EventSettings& event, std::string_view body, const payload::JsonPath& place);
  [[nodiscard]] Tally* tally_of(const EventSettings& event, Labels labels);
  void publish(const std::vector<Hit>& hits);

  Host host_;
  Settings settings_;
  std::string path_;                                                  // where documents are posted
  std::mutex mutex_;                                                  // receive() and run()
  payload::JsonDecoder json_;                                         // guarded by mutex_
  payload::Refusals documents_;                                       // guarded by mutex_
  payload::Refusals events_;                                          // guarded by mutex_
  std::map<std::pair<const EventSettings*, Labels>, Tally> tallies_;  // guarded by mutex_
  std::vector<telltale_reading> readings_;                            // guarded by mutex_
};

}  // namespace telltale::webhook
