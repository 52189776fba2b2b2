#include "daemon/host/request_desk.h"

#include <utility>
#include <variant>

#include <telltale/ext/draft/receive.h>
#include <telltale/ext/sink.h>
#include <telltale/ext/write.h>

namespace telltale::host {

namespace {

using core::ErrorCode;
using core::make_error;

// A document is taken in a moment.
constexpr core::Duration kPatienceForADocument = std::chrono::seconds(5);
// A batch may take 30 s by the ABI, and one before it as well.
constexpr core::Duration kPatienceForABatch = std::chrono::seconds(60);
// Between the deadline that the plugin knows and ours: its answer is worth more than ours.
constexpr core::Duration kGrace = std::chrono::milliseconds(500);

core::Result<void> outcome(const AnswerMessage& answer) {
  if (answer.result >= TELLTALE_OK) return {};
  switch (answer.result) {
    case TELLTALE_E_INVALID:
    case TELLTALE_E_CONFIG:
      return make_error(ErrorCode::kInvalid, answer.reason);
    case TELLTALE_E_STOPPED:
      return make_error(ErrorCode::kUnavailable, answer.reason);
    case TELLTALE_E_IO:
      return make_error(ErrorCode::kIo, answer.reason);
    default:
      return make_error(ErrorCode::kInternal, answer.reason);
  }
}

}  // namespace

RequestDesk::~RequestDesk() { fail_all(make_error(ErrorCode::kUnavailable, "the input is gone")); }

core::Result<void> RequestDesk::fit(const core::InputRequest& request, const core::InputConfig& config,
                                    const std::optional<core::PluginDescription>& plugin) {
  if (std::holds_alternative<core::OutgoingBatchPtr>(request)) {
    if (!plugin || plugin->offers(TELLTALE_SINK_1)) return {};
    return make_error(ErrorCode::kInvalid, "the plugin '" + plugin->name + "' sends nothing out", config.id);
  }
  const bool writes = std::holds_alternative<core::OutputRequest>(request);
  if (writes && !config.writable) {
    return make_error(ErrorCode::kDenied,
                      "outputs of this input may not be set: its configuration does not say `writable: true`",
                      config.id);
  }
  if (!plugin || plugin->offers(writes ? TELLTALE_WRITE_1 : TELLTALE_DRAFT_RECEIVE_1)) return {};
  return make_error(ErrorCode::kInvalid,
                    "the plugin '" + plugin->name + (writes ? "' has no outputs to set" : "' takes no documents"),
                    config.id);
}

std::optional<RequestMessage> RequestDesk::add(core::InputRequest request, core::BootTime now, Done done) {
  if (waiting_.size() == kMaxWaiting) {
    done(make_error(ErrorCode::kUnavailable, "too many requests wait for this input already"));
    return std::nullopt;
  }
  RequestMessage message;
  message.number = ++last_number_;
  core::Duration patience = kPatienceForADocument;
  if (auto* output = std::get_if<core::OutputRequest>(&request)) {
    message.kind = RequestMessage::Kind::kWrite;
    message.name = std::move(output->name);
    message.text = std::move(output->text);
    message.value = output->value;
    patience = output->patience;
  } else if (auto* batch = std::get_if<core::OutgoingBatchPtr>(&request)) {
    message.kind = RequestMessage::Kind::kSend;
    message.batch = std::move(*batch);
    patience = kPatienceForABatch;
  } else {
    auto& document = std::get<core::PostedDocument>(request);
    message.kind = RequestMessage::Kind::kReceive;
    message.name = std::move(document.media_type);
    message.text = std::move(document.body);
  }
  message.deadline = (now + patience).time_since_epoch().count();
  auto timer = std::make_unique<boost::asio::steady_timer>(io_, patience + kGrace);
  timer->async_wait([number = message.number, weak = std::weak_ptr(self_)](boost::system::error_code failed) {
    const auto self = weak.lock();
    if (failed || self == nullptr) return;
    (*self)->finish(number, make_error(ErrorCode::kTimeout, "the plugin did not answer in time"));
  });
  waiting_.emplace(message.number, Waiting{std::move(done), std::move(timer)});
  return message;
}

void RequestDesk::answer(const AnswerMessage& answer) { finish(answer.number, outcome(answer)); }

void RequestDesk::finish(std::uint64_t number, core::Result<void> how) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  const Done done = std::move(found->second.done);
  waiting_.erase(found);
  done(std::move(how));
}

void RequestDesk::fail_all(const core::Error& why) {
  const auto all = std::exchange(waiting_, {});
  for (const auto& [number, each] : all) each.done(why);
}

}  // namespace telltale::host
