#include "daemon/store/journal.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/journal_codec.h"

namespace telltale::store {

namespace {

constexpr std::size_t kRecordReadings = 1024;
constexpr std::size_t kRecordTexts = 16U << 10U;

constexpr std::uint64_t step_of(std::uint64_t position) { return position / kJournalStep * kJournalStep; }

// Held as long as the file is open: two daemons on one run directory would write over each other.
core::Result<void> lock_file(const core::Fd& file, const std::string& path) {
  if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) return {};
  return core::make_error(core::ErrorCode::kConflict, "another process uses this journal", path);
}

core::Error full() {
  return core::make_error(core::ErrorCode::kLimit,
                          "the journal is full: the disk does not take commits, so readings are dropped");
}

// Whether a header's numbers make sense, so that nothing outside the file is ever read.
bool is_sane(const JournalHeader& header, std::uint64_t file_bytes) {
  return header.magic == kJournalMagic && header.version == kJournalVersion && header.capacity >= kMinJournalBytes &&
         header.capacity <= kMaxJournalBytes && header.capacity % kJournalStep == 0 &&
         file_bytes == kJournalHeaderBytes + header.capacity && header.committed <= header.written &&
         header.written - header.committed <= header.capacity && header.committed % 8 == 0 && header.written % 8 == 0;
}

}  // namespace

core::Result<std::unique_ptr<Journal>> Journal::map(core::Fd file, std::uint64_t capacity) {
  void* map = mmap(nullptr, kJournalHeaderBytes + capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (map == MAP_FAILED) return core::errno_error(errno, "mmap");
  return std::unique_ptr<Journal>(new Journal(std::move(file), static_cast<char*>(map), capacity));
}

Journal::~Journal() { munmap(map_, kJournalHeaderBytes + capacity_); }

core::Result<std::unique_ptr<Journal>> Journal::create(const Options& options) {
  const std::string path = options.path.string();
  const std::string fresh = path + ".new";
  const std::uint64_t wanted = std::clamp(options.capacity, kMinJournalBytes, kMaxJournalBytes);
  const std::uint64_t capacity = (wanted + kJournalStep - 1) / kJournalStep * kJournalStep;
  core::Fd file(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file.valid()) return core::errno_error(errno, "open", fresh);
  if (auto locked = lock_file(file, path); !locked) return locked.error();
  JournalHeader header{};
  header.magic = kJournalMagic;
  header.version = kJournalVersion;
  header.capacity = capacity;
  header.database = options.database;
  header.committed = header.written = options.committed;
  header.begun = options.begun.value_or(options.committed) + 1;
  if (pwrite(file.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) {
    return core::errno_error(errno, "write", fresh);
  }
  if (ftruncate(file.get(), static_cast<off_t>(kJournalHeaderBytes + capacity)) != 0) {
    return core::errno_error(errno, "truncate", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return core::errno_error(errno, "rename", path);
  auto journal = map(std::move(file), capacity);
  if (!journal) return journal.error().in(path);
  (*journal)->backed_ = options.committed;
  return journal;
}

core::Result<std::unique_ptr<Journal>> Journal::take_up(const Options& options, const core::Logger& logger) {
  core::Fd file(::open(options.path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return core::errno_error(errno, "open", options.path.string());
  if (auto locked = lock_file(file, options.path.string()); !locked) return locked.error();
  struct stat status {};
  JournalHeader header{};
  if (fstat(file.get(), &status) != 0) return core::errno_error(errno, "stat", options.path.string());
  if (pread(file.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) ||
      !is_sane(header, static_cast<std::uint64_t>(status.st_size)) || header.database != options.database ||
      header.written < options.committed) {
    return core::make_error(core::ErrorCode::kCorrupt, "it is no journal of this database", options.path.string());
  }
  auto journal = map(std::move(file), header.capacity);
  if (!journal) return journal;
  if (header.begun == 0) (*journal)->header()->begun = header.committed + 1;  // of an earlier version
  // First: whoever was killed in the middle of release() left holes in front of what the database has.
  if (header.committed < options.committed) (*journal)->release(options.committed);
  (*journal)->cut_torn_tail(logger);
  (*journal)->backed_ = (*journal)->committed();
  return journal;
}

core::Result<std::unique_ptr<Journal>> Journal::open(const Options& options, const core::Logger& logger) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(options.path, error))) return create(options);
  auto journal = take_up(options, logger);
  if (journal || journal.error().code != core::ErrorCode::kCorrupt) return journal;
  const std::filesystem::path aside = options.path.string() + ".foreign";
  logger.warning("{}; it is set aside as {}", journal.error().text(), aside.string());
  std::filesystem::rename(options.path, aside, error);
  if (error) return core::make_error(core::ErrorCode::kIo, error.message(), aside.string());
  return create(options);
}

std::uint64_t Journal::written() const {
  return std::atomic_ref<std::uint64_t>(header()->written).load(std::memory_order_acquire);
}
std::uint64_t Journal::committed() const {
  return std::atomic_ref<std::uint64_t>(header()->committed).load(std::memory_order_acquire);
}
void Journal::publish(std::uint64_t position) {
  std::atomic_ref<std::uint64_t>(header()->written).store(position, std::memory_order_release);
}

void Journal::cut_torn_tail(const core::Logger& logger) {
  std::uint64_t position = committed();
  const std::uint64_t end = written();
  while (position < end) {
    const auto record = next(position);
    if (!record || record->end > end) break;
    position = record->end;
  }
  if (position == end) return;
  logger.warning("the journal is damaged: {} bytes at its end are ignored", end - position);
  publish(position);
}

std::optional<JournalRecord> Journal::next(std::uint64_t position) const {
  const std::uint64_t room = capacity_ - position % capacity_;
  RecordHeader header{};
  if (position % 8 != 0 || room < sizeof header) return std::nullopt;
  std::memcpy(&header, place(position), sizeof header);
  if (header.position != position || header.payload > room - sizeof header) return std::nullopt;
  JournalRecord record;
  record.type = header.type;
  record.end = position + record_bytes(header.payload);
  if (header.type != RecordType::kPadding) record.payload = {place(position) + sizeof header, header.payload};
  if (record_checksum(header, record.payload) != header.checksum) return std::nullopt;
  return record;
}

// Memory is asked for before it is touched: on a full tmpfs a store into a hole would kill the process.
core::Result<void> Journal::reserve(std::uint64_t position, std::uint64_t bytes) {
  // The step in which the committed position lies is not used again before all of it is free: release() may then make
  // a hole of it without asking where the pipeline is.
  if (position + bytes - step_of(committed()) > capacity_) return full();
  while (backed_ < position + bytes) {
    const std::uint64_t begin = backed_ % capacity_;
    const std::uint64_t length = kJournalStep - begin % kJournalStep;
    const auto offset = static_cast<off_t>(kJournalHeaderBytes + begin);
    int result = 0;
    do {
      result = fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, offset, static_cast<off_t>(length));
    } while (result != 0 && errno == EINTR);
    if (result != 0 && errno != EOPNOTSUPP) {
      core::Error error = core::errno_error(errno, "fallocate", "journal");
      error.code = core::ErrorCode::kLimit;
      return error;
    }
    backed_ += length;
  }
  return {};
}

void Journal::seal(std::uint64_t position, RecordType type, std::uint64_t payload) {
  RecordHeader header{position, 0, static_cast<std::uint32_t>(payload), type};
  std::string_view bytes;
  if (type != RecordType::kPadding) bytes = {place(position) + sizeof header, static_cast<std::size_t>(payload)};
  header.checksum = record_checksum(header, bytes);
  std::memcpy(place(position), &header, sizeof header);
}

// Writes a record at `position`, unpublished; the position behind it.
core::Result<std::uint64_t> Journal::put(std::uint64_t position, RecordType type, std::string_view payload) {
  const std::uint64_t bytes = record_bytes(payload.size());
  if (bytes > capacity_ / 4) return full();
  const std::uint64_t room = capacity_ - position % capacity_;
  if (room < bytes || (room > bytes && room - bytes < sizeof(RecordHeader))) {
    // The rest of the lap is too small for it, or what it leaves is too small for any: the next lap begins.
    if (auto reserved = reserve(position, room); !reserved) return reserved.error();
    seal(position, RecordType::kPadding, room - sizeof(RecordHeader));
    position += room;
  }
  if (auto reserved = reserve(position, bytes); !reserved) return reserved.error();
  std::memcpy(place(position) + sizeof(RecordHeader), payload.data(), payload.size());
  seal(position, type, payload.size());
  return position + bytes;
}

core::Result<std::uint64_t> Journal::append(const core::ReadingBatch& batch) {
  std::uint64_t position = written();
  const auto& readings = batch.readings();
  for (std::size_t at = 0; at < readings.size();) {
    scratch_.clear();
    at = encode_readings(batch, at, kRecordReadings, kRecordTexts, scratch_);
    auto end = put(position, RecordType::kReadings, scratch_);
    if (!end) return end;
    position = *end;
  }
  publish(position);
  return position;
}

core::Result<std::uint64_t> Journal::append_series(const core::SeriesInfo& series) {
  scratch_.clear();
  encode_series(series, scratch_);
  auto end = put(written(), RecordType::kSeries, scratch_);
  if (end) publish(*end);
  return end;
}

core::Result<std::uint64_t> Journal::append_correction(const core::TimeCorrection& correction) {
  scratch_.clear();
  encode_correction(correction, scratch_);
  auto end = put(written(), RecordType::kCorrection, scratch_);
  if (end) publish(*end);
  return end;
}

void Journal::release(std::uint64_t position) {
  for (std::uint64_t step = step_of(committed()); step < step_of(position); step += kJournalStep) {
    // A hole that cannot be made costs memory, nothing else.
    (void)fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                    static_cast<off_t>(kJournalHeaderBytes + step % capacity_), static_cast<off_t>(kJournalStep));
  }
  std::atomic_ref<std::uint64_t>(header()->committed).store(position, std::memory_order_release);
}

}  // namespace telltale::store
