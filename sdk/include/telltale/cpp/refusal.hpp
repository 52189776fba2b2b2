// Payloads that an input could not use, shown with it. A draft: it may change with every release.
//
//   host.count("payload.not_json");
//   host.refuse({.reason = "payload.not_json", .source = topic, .payload = payload});
#pragma once

#include <string_view>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/draft/refusal.h>

namespace telltale {

// What was refused. Its texts may hold any bytes, and are borrowed for the call.
struct Refusal {
  std::string_view reason;        // one of few, as the counter of it is called: `payload.not_json`
  std::string_view source = {};   // where it came from: a topic, a port, a path; or empty
  std::string_view payload = {};  // as it came; its first 512 bytes are shown
  std::string_view detail = {};   // more in words; or empty
};

namespace detail {

// A host without the interface shows counters only.
inline void refuse(const telltale_host& host, const Refusal& refusal) {
  const void* found = host.get_interface(&host, TELLTALE_DRAFT_REFUSAL_1);
  if (found == nullptr) return;
  const telltale_refusal plain{to_str(refusal.reason), to_str(refusal.source), to_str(refusal.detail),
                               to_str(refusal.payload)};
  static_cast<const telltale_draft_refusal_1*>(found)->refuse(&host, &plain);
}

}  // namespace detail
}  // namespace telltale
