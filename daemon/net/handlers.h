// The answers of the routes: one function each, over plain values. Net thread; what blocks goes to a pool.
#pragma once

#include <functional>
#include <memory>

#include "daemon/net/answer_form.h"
#include "daemon/net/context.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

using Handler = void (*)(Context& context, Request request, Respond respond);

void get_health(Context& context, Request request, Respond respond);
void get_status(Context& context, Request request, Respond respond);
void get_storage(Context& context, Request request, Respond respond);
void get_backup(Context& context, Request request, Respond respond);
void get_inputs(Context& context, Request request, Respond respond);
void get_input(Context& context, Request request, Respond respond);
void restart_input(Context& context, Request request, Respond respond);
void write_output(Context& context, Request request, Respond respond);
void post_document(Context& context, Request request, Respond respond);
void get_config(Context& context, Request request, Respond respond);
void put_config(Context& context, Request request, Respond respond);
void get_dashboards(Context& context, Request request, Respond respond);
void get_dashboard(Context& context, Request request, Respond respond);
void put_dashboard(Context& context, Request request, Respond respond);
void delete_dashboard(Context& context, Request request, Respond respond);
void get_derived(Context& context, Request request, Respond respond);
void get_sinks(Context& context, Request request, Respond respond);
void get_alarms(Context& context, Request request, Respond respond);
void acknowledge_alarm(Context& context, Request request, Respond respond);
void test_alarm(Context& context, Request request, Respond respond);
void silence_alarm(Context& context, Request request, Respond respond);
void try_alarm(Context& context, Request request, Respond respond);
void get_notify(Context& context, Request request, Respond respond);
void test_notify(Context& context, Request request, Respond respond);
void get_plugins(Context& context, Request request, Respond respond);
void get_plugin(Context& context, Request request, Respond respond);
void probe_plugin(Context& context, Request request, Respond respond);
void get_series(Context& context, Request request, Respond respond);
void get_latest(Context& context, Request request, Respond respond);
void get_query(Context& context, Request request, Respond respond);
void get_metrics(Context& context, Request request, Respond respond);
void get_events(Context& context, Request request, Respond respond);
void get_live(Context& context, Request request, Respond respond);
void post_write(Context& context, Request request, Respond respond);
void get_session(Context& context, Request request, Respond respond);
void post_login(Context& context, Request request, Respond respond);
void post_logout(Context& context, Request request, Respond respond);
void post_setup(Context& context, Request request, Respond respond);
void post_password(Context& context, Request request, Respond respond);
void get_users(Context& context, Request request, Respond respond);
void post_user(Context& context, Request request, Respond respond);
void delete_user(Context& context, Request request, Respond respond);
void put_password(Context& context, Request request, Respond respond);
void get_tokens(Context& context, Request request, Respond respond);
void post_token(Context& context, Request request, Respond respond);
void delete_token(Context& context, Request request, Respond respond);
void get_log(Context& context, Request request, Respond respond);
void get_ping(Context& context, Request request, Respond respond);

// Who waits for an answer, and in which form they take it.
struct Asked {
  explicit Asked(const Request& request) : cancelled(request.cancelled), form(form_of(request)) {}
  std::shared_ptr<std::atomic<bool>> cancelled;
  AnswerForm form;
};
// Runs `work` on the pool and answers with what it makes, on the net thread. 503 when the pool's queue is full.
void answer_from(WorkPool& pool, Context& context, const Asked& asked, std::function<Response()> work, Respond respond);

}  // namespace telltale::net
