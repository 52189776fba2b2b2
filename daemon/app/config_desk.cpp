#include "daemon/app/config_desk.h"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <unistd.h>

#include "daemon/app/replace_file.h"

namespace telltale::app {

namespace {

constexpr int kKept = 9;
constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

core::Result<core::ConfigText> ConfigDesk::read() {
  auto source = config::read_source(file_);
  if (!source) return source.error();
  const std::string version = version_of(source->text);
  return core::ConfigText{file_, std::move(source->text), version};
}

core::Result<std::string> ConfigDesk::replace(const std::string& text) {
  const std::string fresh = file_ + ".new";
  if (auto written = write_like(fresh, text, file_); !written) {
    ::unlink(fresh.c_str());
    return written.error();
  }
  const auto kept = [this](int number) { return fmt::format("{}.{}", file_, number); };
  for (int number = kKept; number > 1; --number) std::rename(kept(number - 1).c_str(), kept(number).c_str());
  ::unlink(kept(1).c_str());
  // A second name for what stands there: at no moment is there no configuration.
  if (::link(file_.c_str(), kept(1).c_str()) != 0 || std::rename(fresh.c_str(), file_.c_str()) != 0) {
    const int failure = errno;
    ::unlink(fresh.c_str());
    return core::errno_error(failure, "replace", file_);
  }
  sync_directory_of(file_);
  return kept(1);
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
    auto kept = replace(change.text);
    if (!kept) return kept.error();
    prepared.outcome.kept = std::move(*kept);
    prepared.outcome.version = version_of(change.text);
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
