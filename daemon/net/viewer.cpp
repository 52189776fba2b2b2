#include "daemon/net/viewer.h"

#include <algorithm>

#include "daemon/net/live_hub.h"
#include "daemon/net/live_request.h"

namespace telltale::net {

namespace {

std::string_view code_text(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::kInvalid:
      return "invalid";
    case core::ErrorCode::kLimit:
      return "limit";
    case core::ErrorCode::kNotFound:
      return "not_found";
    default:
      return "unavailable";
  }
}

}  // namespace

Viewer::Viewer(LiveHub& hub, LiveForm form)
    : form_(form),
      hub_(&hub),
      allowance_(static_cast<double>(hub.limits().burst)),
      allowance_at_(hub.clock().boot_now()) {
  hub.enter(this);
}

Viewer::~Viewer() {
  wake_ = nullptr;
  if (hub_ != nullptr) {
    auto ended = std::move(subscriptions_);
    for (auto& [id, subscription] : ended) hub_->end(std::move(subscription));
    hub_->exit(this);
  }
}

void Viewer::detach() {
  subscriptions_.clear();
  hub_ = nullptr;
}

void Viewer::greet() {
  if (hub_ == nullptr) return;
  Outgoing hello;
  hello.op = Outgoing::Op::kHello;
  hello.head = encoder_of(form_).hello({hub_->version(), hub_->boot_id(), core::to_ms(hub_->clock().wall_now())});
  replies_.push_back(std::move(hello));
  wake();
}

void Viewer::receive(std::string_view message) {
  if (hub_ == nullptr) return;
  if (spend()) {
    handle(message);
  } else {
    reply_error({}, "limit", "too many messages: this one was not looked at");
  }
  wake();
}

bool Viewer::spend() {
  const core::BootTime now = hub_->clock().boot_now();
  const double seconds = std::chrono::duration<double>(now - allowance_at_).count();
  allowance_at_ = now;
  allowance_ = std::min(static_cast<double>(hub_->limits().burst),
                        allowance_ + seconds * static_cast<double>(hub_->limits().refill));
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

void Viewer::handle(std::string_view message) {
  const auto request = parse_live_request(message);
  if (!request) return reply_error(request.error().context, "invalid", request.error().message);
  if (request->op == LiveRequest::Op::kSubscribe) {
    if (const auto done = subscribe(request->wanted); !done) {
      reply_error(request->wanted.id, code_text(done.error().code), done.error().text());
    }
    return;
  }
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&](const auto& item) { return item.first == request->wanted.id; });
  if (found == subscriptions_.end()) {
    return reply_error(request->wanted.id, "not_found", "there is no subscription of this id");
  }
  auto ended = std::move(found->second);
  subscriptions_.erase(found);
  hub_->end(std::move(ended));
}

core::Result<void> Viewer::subscribe(const Wanted& wanted) {
  if (hub_ == nullptr) return core::make_error(core::ErrorCode::kUnavailable, "the server is stopping");
  const auto same = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                 [&](const auto& item) { return item.first == wanted.id; });
  if (same == subscriptions_.end() && subscriptions_.size() >= hub_->limits().subscriptions) {
    return core::make_error(core::ErrorCode::kLimit, "this connection has as many subscriptions as it may have (" +
                                                         std::to_string(hub_->limits().subscriptions) + ")");
  }
  auto feed = hub_->join(wanted.selectors, wanted.rate, form_);
  if (!feed) return feed.error();
  auto subscription = std::make_unique<Subscription>(*this, std::move(feed->feed), wanted.id, wanted.since);
  if (!feed->warning.empty()) reply_error(wanted.id, "limit", feed->warning);
  if (same == subscriptions_.end()) {
    subscriptions_.emplace_back(wanted.id, std::move(subscription));
  } else {
    std::swap(same->second, subscription);  // the same id again: it replaces the one before
    hub_->end(std::move(subscription));
  }
  return {};
}

bool Viewer::next(Outgoing& out) {
  out.seq = 0;
  out.body.reset();
  if (!replies_.empty()) {
    out = std::move(replies_.front());
    replies_.pop_front();
    return true;
  }
  if (hub_ == nullptr) return false;
  const core::BootTime now = hub_->clock().boot_now();
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    turn_ = turn_ + 1 < subscriptions_.size() ? turn_ + 1 : 0;
    if (subscriptions_[turn_].second->next(out, now, hub_->limits().lag)) {
      hub_->count_sent(out);
      return true;
    }
  }
  return false;
}

bool Viewer::saturated() const { return hub_ != nullptr && replies_.size() >= hub_->limits().replies; }

void Viewer::reply_error(std::string_view id, std::string_view code, std::string_view message) {
  Outgoing error;
  error.op = Outgoing::Op::kError;
  error.head = encoder_of(form_).error({id, code, message});
  replies_.push_back(std::move(error));
}

}  // namespace telltale::net
