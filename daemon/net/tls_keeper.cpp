#include "daemon/net/tls_keeper.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/net/own_addresses.h"
#include "daemon/net/tls_certificate.h"

namespace telltale::net {

namespace {

using std::chrono::hours;

constexpr const char* kFileName = "/tls.pem";
constexpr std::size_t kMaxFileBytes = 1 << 20;
// Longer than this no browser of Apple's takes.
constexpr hours kLife{825 * 24 - 24};
constexpr hours kRenewBefore{30 * 24};
// Clocks of browsers that are a little behind; and the clock of this device may have been ahead.
constexpr hours kEarlier{24};
// Before any clock that is set, for a device that does not know what time it is.
constexpr core::WallTime kLongAgo{std::chrono::sys_days(std::chrono::year(2020) / 1 / 1)};
constexpr std::size_t kMaxNames = 64;
// Keys of session tickets end with the context that they belong to.
constexpr hours kContextLife{12};

core::Result<std::string> read_text(const std::string& path) {
  const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return core::errno_error(errno, "open", path);
  std::string text(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return core::errno_error(errno, "read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxFileBytes) return core::make_error(core::ErrorCode::kLimit, "is larger than 1 MiB", path);
  text.resize(size);
  return text;
}

core::Result<void> write_all(const core::Fd& fd, const std::string& text, const std::string& path) {
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(fd.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return core::errno_error(errno, "write", path);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fsync(fd.get()) != 0) return core::errno_error(errno, "write", path);
  return {};
}

// Key and certificate are one file, so that a power cut leaves the old pair or the new one.
core::Result<void> write_secret(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const core::Fd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return core::errno_error(errno, "write", fresh);
  if (auto written = write_all(fd, text, fresh); !written) return written.error();
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return core::errno_error(errno, "replace", path);
  const core::Fd directory(::open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) (void)::fsync(directory.get());
  return {};
}

std::string day_of(core::WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)));
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TlsKeeper::Shown TlsKeeper::shown() const {
  const core::MutexLock lock(mutex_);
  return shown_;
}

void TlsKeeper::show(std::shared_ptr<const TlsIdentity> identity, bool own, std::string error) {
  made_at_ = clock_.boot_now();
  const core::MutexLock lock(mutex_);
  shown_ = {std::move(identity), own, std::move(error)};
}

bool TlsKeeper::outdated() const { return clock_.boot_now() - made_at_ >= kContextLife; }

core::Result<void> TlsKeeper::refresh() { return options_.mode == TlsMode::kFiles ? refresh_files() : refresh_own(); }

TlsKeeper::FileMark TlsKeeper::mark_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino};
}

core::Result<std::shared_ptr<const TlsIdentity>> TlsKeeper::read_files() const {
  const auto certificate = read_text(options_.certificate);
  if (!certificate) return certificate.error();
  const auto key = read_text(options_.key);
  if (!key) return key.error();
  auto identity = TlsIdentity::make(*certificate, *key);
  if (!identity) return identity.error().in(options_.certificate + " and " + options_.key);
  struct stat status {};
  if (::stat(options_.key.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    log_.warning("{} can be read by everybody on this device: chmod o-r", options_.key);
  }
  return identity;
}

// A broken pair leaves the one before in use; at the start, the device's own steps in, so that a mistake here does not
// end the collecting of readings, and nothing goes over the network in the clear.
core::Result<void> TlsKeeper::refresh_files() {
  const FileMark certificate = mark_of(options_.certificate);
  const FileMark key = mark_of(options_.key);
  const Shown present = shown();
  const bool changed = !(certificate == certificate_mark_ && key == key_mark_);
  if (present.identity != nullptr && !changed) {
    if (present.own) return refresh_own();
    if (!outdated()) return {};
  }
  certificate_mark_ = certificate;
  key_mark_ = key;
  auto fresh = read_files();
  std::string error = fresh ? std::string() : fresh.error().text();
  const bool expired = fresh && clock_.synchronised() && (*fresh)->facts().not_after <= clock_.wall_now();
  if (expired) error = fmt::format("{}: it ended on {}", options_.certificate, day_of((*fresh)->facts().not_after));
  if (fresh && (!expired || present.identity == nullptr)) {
    const auto& facts = (*fresh)->facts();
    if (expired) log_.error("the certificate is used although {}", error);
    log_.notice("TLS: the certificate of {} is in use, for {}, until {}", options_.certificate,
                fmt::join(facts.names, ", "), day_of(facts.not_after));
    show(std::move(*fresh), false, std::move(error));
    return {};
  }
  if (present.identity != nullptr) {
    made_at_ = clock_.boot_now();
    log_.error("the new certificate is not taken, the one before goes on: {}", error);
    const core::MutexLock lock(mutex_);
    shown_.error = std::move(error);
    return {};
  }
  log_.error("the certificate cannot be used, the device's own takes its place: {}", error);
  if (auto own = refresh_own(); !own) return own;
  const core::MutexLock lock(mutex_);
  shown_.error = std::move(error);
  return {};
}

std::vector<std::string> TlsKeeper::wanted_names() const {
  std::vector<std::string> wanted;
  const auto add = [&wanted](const std::string& name) {
    if (wanted.size() < kMaxNames && is_certifiable(name) && !holds(wanted, name)) wanted.push_back(name);
  };
  for (const std::string& name : options_.names) add(lower_case(name));
  add("localhost");
  if (options_.addresses) {
    for (const std::string& address : options_.addresses()) add(address);
  }
  add("127.0.0.1");
  add("::1");
  return wanted;
}

std::string TlsKeeper::unfit(const CertificateFacts& facts) const {
  for (const std::string& name : wanted_names()) {
    if (!holds(facts.names, name)) return fmt::format("the device is now {} as well", name);
  }
  // Without a clock nobody knows; one that was made without a clock is made anew with one.
  if (!clock_.synchronised()) return {};
  const core::WallTime now = clock_.wall_now();
  if (facts.not_after == core::WallTime::max() || facts.not_after > now + kLife + hours(24)) {
    return "the clock is set now";
  }
  if (facts.not_before > now) return "it begins in the future";
  if (facts.not_after - kRenewBefore <= now) return fmt::format("it ends on {}", day_of(facts.not_after));
  return {};
}

// The key stays as long as it can be read: whoever has pinned it goes on. So do addresses of before, for a device that
// goes to and fro between networks.
core::Result<std::string> TlsKeeper::renewed(const std::string& old) const {
  std::string key = old;
  CertificateWish wish;
  wish.names = wanted_names();
  if (const auto facts = read_certificate(old)) {
    for (const std::string& name : facts->names) {
      if (wish.names.size() < kMaxNames / 2 && is_certifiable(name) && !holds(wish.names, name)) {
        wish.names.push_back(name);
      }
    }
  }
  wish.not_before = kLongAgo;
  wish.not_after = core::WallTime::max();
  if (clock_.synchronised()) {
    wish.not_before = clock_.wall_now() - kEarlier;
    wish.not_after = wish.not_before + kLife;
  }
  auto certificate = make_certificate(key, wish);
  if (!certificate) {
    auto fresh = make_key();
    if (!fresh) return fresh.error();
    key = std::move(*fresh);
    certificate = make_certificate(key, wish);
    if (!certificate) return certificate.error();
  }
  const auto begin = key.find("-----BEGIN PRIVATE KEY-----");
  const auto end = key.find("-----END PRIVATE KEY-----");
  if (begin == std::string::npos || end == std::string::npos) {
    return core::make_error(core::ErrorCode::kInternal, "the key has no PEM form");
  }
  return key.substr(begin, end - begin) + "-----END PRIVATE KEY-----\n" + *certificate;
}

core::Result<void> TlsKeeper::refresh_own() {
  const std::string path = options_.state_directory + kFileName;
  const Shown present = shown();
  std::string why = present.identity == nullptr ? std::string() : unfit(present.identity->facts());
  if (present.identity != nullptr && why.empty() && !outdated()) return {};
  auto text = read_text(path);
  const bool there = text.has_value();
  auto identity =
      there ? TlsIdentity::make(*text, *text) : core::Result<std::shared_ptr<const TlsIdentity>>(text.error());
  if (there && !identity) why = fmt::format("{} cannot be used: {}", path, identity.error().text());
  if (identity && why.empty()) why = unfit((*identity)->facts());
  if (!identity || !why.empty()) {
    auto fresh = renewed(there ? *text : std::string());
    if (!fresh) return fresh.error();
    identity = TlsIdentity::make(*fresh, *fresh);
    if (!identity) return identity.error();
    log_.notice("TLS: the device has made itself a certificate{}{}; SHA-256 {}", why.empty() ? "" : ", since ", why,
                (*identity)->facts().fingerprint);
    // Not kept is bad, not encrypted would be worse.
    if (auto written = write_secret(path, *fresh); !written) {
      log_.error("the device's certificate is not kept, and will be another one after a restart: {}",
                 written.error().text());
    }
  }
  show(std::move(*identity), true, present.error);
  return {};
}

}  // namespace telltale::net
