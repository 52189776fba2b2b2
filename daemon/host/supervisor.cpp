#include "daemon/host/supervisor.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <unistd.h>

#include "daemon/core/diagnostic.h"
#include "daemon/core/escape.h"
#include "daemon/host/input_slot.h"
#include "daemon/host/resolver_watch.h"
#include "daemon/host/ring_files.h"
#include "daemon/host/status_board.h"

namespace telltale::host {

namespace asio = boost::asio;

class Supervisor::Impl : public std::enable_shared_from_this<Supervisor::Impl> {
 public:
  Impl(asio::io_context& context, SupervisorSettings settings, core::PluginCatalog& catalog,
       core::SourceConsumer& consumer, const core::Clock& clock, core::Logger log, RandomSource random)
      : settings_(std::move(settings)),
        consumer_(consumer),
        context_{context,
                 settings_,
                 catalog,
                 clock,
                 std::move(log),
                 std::move(random),
                 [this](std::vector<CrashFrame> frames, std::function<void(std::vector<std::string>)> done) {
                   name_functions(std::move(frames), std::move(done));
                 },
                 false,
                 false,
                 [this](const core::InputStatus& status) { board_.update(status); }},
        check_timer_(context) {}

  core::Result<void> apply(std::vector<core::InputConfig> inputs) {
    if (!begun_) {
      if (auto begun = begin(); !begun) return begun.error();
    }
    std::map<std::string, core::InputConfig> wanted;
    for (core::InputConfig& input : inputs) wanted.insert_or_assign(input.id, std::move(input));
    std::vector<std::string> gone;
    for (const auto& [id, slot] : slots_) {
      if (wanted.count(id) == 0 && !slot->leaving()) gone.push_back(id);
    }
    for (const std::string& id : gone) remove(id);
    for (auto& [id, config] : wanted) {
      const auto slot = slots_.find(id);
      if (slot == slots_.end()) {
        if (auto added = add(std::move(config)); !added) return added.error();
      } else if (slot->second->leaving() || !(slot->second->config() == config)) {
        slot->second->replace(std::move(config));
      }
    }
    drain_orphans();
    return {};
  }

  void stop_all(std::function<void()> done) {
    check_timer_.cancel();
    stop_done_ = std::move(done);
    std::vector<std::string> ids;
    for (const auto& [id, slot] : slots_) ids.push_back(id);
    for (const std::string& id : ids) {
      slots_.at(id)->stop([this, id] { detach(id); });
    }
    say_done_when_empty();
  }

  // Nothing of what is posted finds us any more.
  void close() {
    check_timer_.cancel();
    for (const auto& [id, slot] : slots_) attached_.push_back(slot->source());
    slots_.clear();
    for (auto& source : std::exchange(attached_, {})) consumer_.detach(source);
  }

  core::Result<void> restart(std::string_view id) {
    std::vector<std::string> ids;
    for (const core::InputStatus& status : board_.read()) ids.push_back(status.id);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
      std::string message = "there is no input '" + core::escape_line(id) + "'";
      if (const std::string near = core::nearest_word(id, ids); !near.empty())
        message += "; did you mean " + near + "?";
      return core::make_error(core::ErrorCode::kNotFound, std::move(message));
    }
    asio::post(context_.io, [weak = weak_from_this(), id = std::string(id)] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      const auto slot = self->slots_.find(id);
      if (slot != self->slots_.end() && !slot->second->leaving()) slot->second->replace(slot->second->config());
    });
    return {};
  }
  void request(std::string_view id, core::InputRequest request, std::function<void(core::Result<void>)> done) {
    asio::post(context_.io, [weak = weak_from_this(), id = std::string(id), request = std::move(request),
                             done = std::move(done)]() mutable {
      const auto self = weak.lock();
      if (self == nullptr) return done(core::make_error(core::ErrorCode::kUnavailable, "the daemon stops"));
      const auto slot = self->slots_.find(id);
      if (slot != self->slots_.end()) return slot->second->request(std::move(request), std::move(done));
      done(core::make_error(core::ErrorCode::kNotFound, "there is no input '" + core::escape_line(id) + "'"));
    });
  }
  [[nodiscard]] const StatusBoard& board() const { return board_; }

 private:
  // On a thread that may wait for the disk; one crash after the other.
  void name_functions(std::vector<CrashFrame> frames, std::function<void(std::vector<std::string>)> done) {
    auto& io = context_.io;
    asio::post(symbols_, [&io, frames = std::move(frames), done = std::move(done)] {
      asio::post(io, [done, backtrace = named_backtrace(frames)] { done(backtrace); });
    });
  }

  core::Result<void> begin() {
    if (auto made = make_ring_directory(settings_.ring_directory); !made) return made.error();
    auto files = list_rings(settings_.ring_directory);
    if (!files) return files.error();
    for (RingFile& file : *files) left_[file.input].push_back(std::move(file));
    begun_ = true;
    schedule_check();
    return {};
  }

  // A source with the rings of that input that an earlier daemon left; the generation that follows them.
  core::Result<std::pair<std::shared_ptr<RingSource>, std::uint64_t>> make_source(const std::string& id) {
    auto wake = core::make_eventfd();
    if (!wake) return wake.error();
    auto source = std::make_shared<RingSource>(id, std::move(*wake), context_.clock);
    std::uint64_t generation = 1;
    for (const RingFile& file : left_[id]) {
      generation = std::max(generation, file.generation + 1);
      auto ring = RingMapping::open(file.path);
      if (ring) {
        source->add(std::move(*ring), true);
        continue;
      }
      context_.log.warning("{}; what was in it is lost", ring.error().text());
      ::unlink(file.path.c_str());
    }
    left_.erase(id);
    return std::pair(std::move(source), generation);
  }

  core::Result<void> add(core::InputConfig config) {
    const std::string id = config.id;
    auto made = make_source(id);
    if (!made) return made.error();
    auto& [source, generation] = *made;
    board_.add(id, source);
    consumer_.attach(source);
    auto slot = std::make_unique<InputSlot>(context_, std::move(config), source, generation);
    slots_.emplace(id, std::move(slot)).first->second->start();
    return {};
  }

  void remove(const std::string& id) {
    slots_.at(id)->stop([this, id] { detach(id); });
  }

  // From inside a call of the slot: it goes later.
  void detach(const std::string& id) {
    asio::post(context_.io, [weak = weak_from_this(), id] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      const auto slot = self->slots_.find(id);
      // It was configured again meanwhile.
      if (slot == self->slots_.end() || !slot->second->stopped()) return;
      self->consumer_.detach(slot->second->source());
      self->slots_.erase(slot);
      self->board_.remove(id);
      self->say_done_when_empty();
    });
  }

  void say_done_when_empty() {
    if (!slots_.empty()) return;
    if (const auto done = std::exchange(stop_done_, nullptr)) done();
  }

  // Rings of inputs that nobody configures any more: what was published is kept all the same.
  void drain_orphans() {
    while (!left_.empty()) {
      const std::string id = left_.begin()->first;
      auto made = make_source(id);
      if (!made) {
        context_.log.warning("readings of '{}' wait for the next start: {}", core::escape_line(id),
                             made.error().text());
        left_.erase(id);
        continue;
      }
      consumer_.attach(made->first);
      consumer_.detach(made->first);
    }
  }

  void schedule_check() {
    check_timer_.expires_after(settings_.check_every);
    check_timer_.async_wait([weak = weak_from_this()](boost::system::error_code failed) {
      const auto self = weak.lock();
      if (failed || self == nullptr) return;
      const bool other_resolver = self->resolver_.replaced();
      for (const auto& [id, slot] : self->slots_) {
        slot->check();
        if (other_resolver) slot->resolver_was_replaced();
      }
      self->schedule_check();
    });
  }

  const SupervisorSettings settings_;
  core::SourceConsumer& consumer_;
  StatusBoard board_;
  SlotContext context_;
  asio::steady_timer check_timer_;
  ResolverWatch resolver_;
  std::map<std::string, std::vector<RingFile>> left_;  // by input
  std::map<std::string, std::unique_ptr<InputSlot>> slots_;
  std::vector<std::shared_ptr<core::ReadingSource>> attached_;
  std::function<void()> stop_done_;
  bool begun_ = false;
  asio::thread_pool symbols_{1};  // last: joined before anything goes
};

Supervisor::Supervisor(asio::io_context& context, SupervisorSettings settings, core::PluginCatalog& catalog,
                       core::SourceConsumer& consumer, const core::Clock& clock, core::Logger log, RandomSource random)
    : impl_(std::make_shared<Impl>(context, std::move(settings), catalog, consumer, clock, std::move(log),
                                   std::move(random))) {}

Supervisor::~Supervisor() { impl_->close(); }

core::Result<void> Supervisor::apply(std::vector<core::InputConfig> inputs) { return impl_->apply(std::move(inputs)); }

void Supervisor::stop_all(std::function<void()> done) { impl_->stop_all(std::move(done)); }

std::vector<core::InputStatus> Supervisor::inputs() const { return impl_->board().read(); }

core::Result<void> Supervisor::restart(std::string_view id) { return impl_->restart(id); }

void Supervisor::request(std::string_view id, core::InputRequest request,
                         std::function<void(core::Result<void>)> done) {
  impl_->request(id, std::move(request), std::move(done));
}

}  // namespace telltale::host
