#include <exception>

#include "daemon/net/handlers.h"
#include "daemon/net/problem.h"

namespace telltale::net {

void answer_from(WorkPool& pool, Context& context, const Asked& asked, std::function<Response()> work,
                 Respond respond) {
  auto job = [loop = context.loop, log = context.parts.log, asked, work = std::move(work), respond] {
    auto response = std::make_shared<Response>();
    if (asked.cancelled != nullptr && asked.cancelled->load()) {
      *response = problem(504, "this took too long: it waited behind other queries");
    } else {
      try {
        *response = work();
        give_form(*response, asked.form);
      } catch (const std::exception& failure) {
        log.error("a request failed: {}", failure.what());
        *response = problem(500, "the daemon failed at this; its log says why");
      }
    }
    loop->post([respond, response] { respond(std::move(*response)); });
  };
  if (!pool.submit(std::move(job))) respond(busy("the device is busy with other queries: try again in a second"));
}

}  // namespace telltale::net
