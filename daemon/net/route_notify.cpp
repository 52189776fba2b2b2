// GET /api/v1/notify, POST /api/v1/notify/ID/test and /api/v1/alarms/NAME/test
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/net/handlers.h"
#include "daemon/net/json_writer.h"
#include "daemon/net/parameters.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

// PREFIX…/test
std::string named_in(const Target& target, std::string_view prefix) {
  const std::string_view rest = std::string_view(target.path).substr(prefix.size());
  return std::string(rest.substr(0, rest.rfind('/')));
}

std::string tests_body(const std::vector<core::TestOutcome>& outcomes) {
  std::string body;
  JsonWriter out(body);
  out.begin_array();
  for (const core::TestOutcome& one : outcomes) {
    out.begin_object().text("id", one.id).boolean("sent", one.sent).text("detail", one.detail).end_object();
  }
  out.end_array();
  return body;
}

std::function<void(core::Result<std::vector<core::TestOutcome>>)> answer_tests(const Context& context,
                                                                               Respond respond) {
  return [loop = context.loop, respond = std::move(respond)](auto outcomes) {
    loop->post([respond, outcomes = std::move(outcomes)] {
      respond(outcomes ? json_response(tests_body(*outcomes)) : problem(outcomes.error()));
    });
  };
}

Response no_rules() { return problem(404, "this daemon has no rules"); }

}  // namespace

void get_notify(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  std::string body;
  JsonWriter out(body);
  out.begin_array();
  if (context.parts.rules != nullptr) {
    for (const core::NotifyStatus& one : context.parts.rules->targets()) {
      out.begin_object().text("id", one.id).text("way", one.way).text("severity", core::to_text(one.least));
      out.count("waiting", one.waiting).count("dropped", one.dropped).time("told", one.told);
      out.text("problem", one.problem).end_object();
    }
  }
  out.end_array();
  respond(json_response(std::move(body)));
}

void test_alarm(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  if (context.parts.rules == nullptr) return respond(no_rules());
  context.parts.rules->test(named_in(request.target, "/api/v1/alarms/"), answer_tests(context, std::move(respond)));
}

void test_notify(Context& context, Request request, Respond respond) {
  if (auto known = only_parameters(request.target, {}); !known) return respond(problem(known.error()));
  if (context.parts.rules == nullptr) return respond(no_rules());
  context.parts.rules->test_target(named_in(request.target, "/api/v1/notify/"),
                                   answer_tests(context, std::move(respond)));
}

}  // namespace telltale::net
