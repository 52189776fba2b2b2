// What telltale-messenger is asked to bring, one mail or one MQTT message, or to fetch, one document over HTTP or MQTT.
// It comes as JSON on the standard input, so that passwords stand in no list of processes; docs are the fields here.
// One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::messenger {

inline constexpr std::size_t kMostJob = 1 << 20;  // bytes

struct Job {
  std::string way;  // `email`, `mqtt`, `http-get` or `mqtt-get`
  std::string url;  // smtp://, smtps://, mqtt://, mqtts://, http://, https://
  std::string user;
  std::string password;
  std::string ca;        // a file of certificates; empty: the system's
  bool starttls = true;  // of smtp://
  int time = 10;         // seconds, in all
  std::string from;      // of a mail
  std::vector<std::string> to;
  std::string mail;   // as it goes over the wire
  std::string topic;  // of MQTT
  std::string payload;
  int qos = 1;
  bool retain = false;
  std::string etag;      // of what is there already: only something else is fetched
  std::size_t most = 0;  // bytes of what is fetched
};

[[nodiscard]] core::Result<Job> read_job(std::string_view text);

// Each blocks until it is brought, or says why not in a line. What it returns is to be said although it was brought:
// somebody of several did not get it. Mostly empty.
[[nodiscard]] core::Result<std::string> send_mail(const Job& job);
[[nodiscard]] core::Result<std::string> send_mqtt(const Job& job);

// Each blocks until it has what is there, and returns a line of JSON, {"status": 200, "etag": "…"}, with the document
// behind it. Of MQTT the status is 200 or 404, nothing being retained. An answer that is larger than `most` is an
// error.
[[nodiscard]] core::Result<std::string> get_http(const Job& job);
[[nodiscard]] core::Result<std::string> get_mqtt(const Job& job);

}  // namespace telltale::messenger
