// GET /api/v1/backup: a copy of the history as it is now, for `telltale backup`
#include <memory>
#include <utility>

#include "daemon/net/handlers.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

// The copy is made on the disk's side by pool threads, one piece at a time; it ends with whoever holds this.
struct Backup {
  std::unique_ptr<core::HistoryCopy> copy;
};

Pieces pieces_of(const std::shared_ptr<Backup>& backup, WorkPool& pool, const std::shared_ptr<EventLoop>& loop) {
  return [backup, &pool, loop](std::function<void(core::Result<std::string>)> done) {
    const bool taken = pool.submit([backup, loop, done] {
      auto piece = std::make_shared<core::Result<std::string>>(backup->copy->next());
      loop->post([piece, done] { done(std::move(*piece)); });
    });
    if (!taken) {
      loop->post(
          [done] { done(core::make_error(core::ErrorCode::kUnavailable, "the device is busy with other queries")); });
    }
  };
}

}  // namespace

void get_backup(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  if (!context.backup.expired()) {
    return respond(problem(409, "another backup is being made: wait until it is done"));
  }
  const auto backup = std::make_shared<Backup>();
  context.backup = backup;
  auto& history = context.parts.history;
  auto& pool = context.queries;
  answer_from(
      pool, context, Asked(request),
      [backup, &history, &pool, loop = context.loop] {
        auto copy = history.copy();
        if (!copy) return problem(copy.error());
        backup->copy = std::move(*copy);
        Response response;
        response.content_type = "application/octet-stream";
        response.headers.emplace_back("Content-Disposition", "attachment; filename=\"telltale.copy\"");
        response.pieces = pieces_of(backup, pool, loop);
        return response;
      },
      std::move(respond));
}

}  // namespace telltale::net
