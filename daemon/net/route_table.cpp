#include "daemon/net/route_table.h"

#include <array>

namespace telltale::net {

std::span<const Route> route_table() {
  static constexpr std::array<Route, 51> kRoutes = {{
      {"/healthz", Method::kGet, Need::kRead, get_health},
      {"/metrics", Method::kGet, Need::kRead, get_metrics},
      {"/ping", Method::kGet, Need::kWrite, get_ping},
      {"/write", Method::kPost, Need::kWrite, post_write, &HttpLimits::write_bytes},
      {"/api/v1/write", Method::kPost, Need::kWrite, post_write, &HttpLimits::write_bytes},
      {"/api/v2/write", Method::kPost, Need::kWrite, post_write, &HttpLimits::write_bytes},
      {"/api/v1/status", Method::kGet, Need::kRead, get_status},
      {"/api/v1/storage", Method::kGet, Need::kRead, get_storage},
      {"/api/v1/backup", Method::kGet, Need::kAdmin, get_backup},
      {"/api/v1/inputs", Method::kGet, Need::kRead, get_inputs},
      {"/api/v1/inputs/*", Method::kGet, Need::kRead, get_input},
      {"/api/v1/inputs/*/restart", Method::kPost, Need::kAdmin, restart_input},
      {"/api/v1/inputs/*/write", Method::kPost, Need::kAdmin, write_output},
      {"/api/v1/ingest/*", Method::kPost, Need::kWrite, post_document, &HttpLimits::ingest_bytes},
      {"/api/v1/log", Method::kGet, Need::kOperate, get_log},
      {"/api/v1/config", Method::kGet, Need::kAdmin, get_config},
      {"/api/v1/config", Method::kPut, Need::kAdmin, put_config, &HttpLimits::config_bytes},
      {"/api/v1/dashboards", Method::kGet, Need::kRead, get_dashboards},
      {"/api/v1/dashboards/*", Method::kGet, Need::kRead, get_dashboard},
      {"/api/v1/dashboards/*", Method::kPut, Need::kAdmin, put_dashboard, &HttpLimits::config_bytes},
      {"/api/v1/dashboards/*", Method::kDelete, Need::kAdmin, delete_dashboard},
      {"/api/v1/derived", Method::kGet, Need::kRead, get_derived},
      {"/api/v1/sinks", Method::kGet, Need::kRead, get_sinks},
      {"/api/v1/alarms", Method::kGet, Need::kRead, get_alarms},
      {"/api/v1/alarms/*/ack", Method::kPost, Need::kWrite, acknowledge_alarm},
      {"/api/v1/alarms/*/test", Method::kPost, Need::kAdmin, test_alarm},
      {"/api/v1/alarms/*/silence", Method::kPost, Need::kWrite, silence_alarm},
      {"/api/v1/notify", Method::kGet, Need::kOperate, get_notify},
      {"/api/v1/notify/*/test", Method::kPost, Need::kAdmin, test_notify},
      {"/api/v1/alarms/*/try", Method::kPost, Need::kAdmin, try_alarm, &HttpLimits::config_bytes},
      {"/api/v1/session", Method::kGet, Need::kOpen, get_session},
      {"/api/v1/login", Method::kPost, Need::kOpen, post_login},
      {"/api/v1/logout", Method::kPost, Need::kOpen, post_logout},
      {"/api/v1/setup", Method::kPost, Need::kOpen, post_setup},
      {"/api/v1/password", Method::kPost, Need::kRead, post_password},
      {"/api/v1/users", Method::kGet, Need::kAdmin, get_users},
      {"/api/v1/users", Method::kPost, Need::kAdmin, post_user},
      {"/api/v1/users/*", Method::kDelete, Need::kAdmin, delete_user},
      {"/api/v1/users/*/password", Method::kPut, Need::kAdmin, put_password},
      {"/api/v1/tokens", Method::kGet, Need::kAdmin, get_tokens},
      {"/api/v1/tokens", Method::kPost, Need::kAdmin, post_token},
      {"/api/v1/tokens/*", Method::kDelete, Need::kAdmin, delete_token},
      {"/api/v1/plugins", Method::kGet, Need::kRead, get_plugins},
      {"/api/v1/plugins/*", Method::kGet, Need::kRead, get_plugin},
      {"/api/v1/plugins/*/probe", Method::kPost, Need::kAdmin, probe_plugin},
      {"/api/v1/series", Method::kGet, Need::kRead, get_series},
      {"/api/v1/latest", Method::kGet, Need::kRead, get_latest},
      {"/api/v1/query", Method::kGet, Need::kRead, get_query},
      {"/api/v1/events", Method::kGet, Need::kRead, get_events},
      {"/api/v1/live", Method::kGet, Need::kRead, get_live},
      {"/ping", Method::kPost, Need::kWrite, get_ping},
  }};
  return kRoutes;
}

bool matches_path(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const auto pattern_end = pattern.find('/', 1);
    const auto path_end = path.find('/', 1);
    const std::string_view wanted = pattern.substr(0, pattern_end);
    const std::string_view given = path.substr(0, path_end);
    if (wanted == "/*" ? given.size() < 2 : wanted != given) return false;
    pattern = pattern_end == std::string_view::npos ? std::string_view{} : pattern.substr(pattern_end);
    path = path_end == std::string_view::npos ? std::string_view{} : path.substr(path_end);
  }
  return pattern.empty() && path.empty();
}

}  // namespace telltale::net
