#include "daemon/app/config_desk.h"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include "daemon/core/replace_file.h"

namespace telltale::app {

namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

core::Result<core::ConfigText> ConfigDesk::read() {
  auto source = config::read_source(file_);
  if (!source) return source.error();
  const std::string version = core::version_of(source->text);
  return core::ConfigText{file_, std::move(source->text), version};
}

core::Result<ConfigDesk::Prepared> ConfigDesk::prepare(const core::ConfigChange& change) {
  const std::lock_guard lock(mutex_);
  if (change.text.size() > kMaxBytes) {
    return core::make_error(core::ErrorCode::kLimit, "is larger than 1 MiB", "the configuration");
  }
  auto present = read();
  if (!present) return present.error();
  if (!change.expected_version.empty() && change.expected_version != present->version) {
    return core::make_error(core::ErrorCode::kConflict,
                            "somebody changed the file in the meantime: read it again and make the change there",
                            file_);
  }
  config::Outcome loaded = config::load({file_, change.text}, config::SecretSources::of_process(file_), plugins_);
  Prepared prepared;
  prepared.outcome.diagnostics = std::move(loaded.diagnostics);
  prepared.outcome.report = std::move(loaded.report);
  prepared.outcome.version = present->version;
  if (!loaded.config || change.only_check) return prepared;
  prepared.config = std::move(*loaded.config);
  if (change.text != present->text) {
    auto kept = core::replace_keeping(file_, change.text);
    if (!kept) return kept.error();
    prepared.outcome.kept = std::move(*kept);
    prepared.outcome.version = core::version_of(change.text);
  }
  prepared.outcome.applied = true;
  return prepared;
}

void ConfigDesk::change(core::ConfigChange change, Done done) {
  try {
    auto prepared = prepare(change);
    if (!prepared) return done(prepared.error());
    if (!prepared->outcome.applied) return done(std::move(prepared->outcome));
    auto waiting = std::make_shared<Prepared>(std::move(*prepared));
    post_([this, waiting, done] {
      auto restart_needed = apply_(std::move(waiting->config));
      if (!restart_needed) return done(restart_needed.error());
      waiting->outcome.restart_needed = *restart_needed;
      done(std::move(waiting->outcome));
    });
  } catch (const std::exception& failure) {
    done(core::make_error(core::ErrorCode::kInternal, failure.what(), "the configuration"));
  }
}

}  // namespace telltale::app
