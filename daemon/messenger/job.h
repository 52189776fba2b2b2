// What telltale-messenger is asked to bring: one mail, or one MQTT message. It comes as JSON on the standard input, so
// that passwords stand in no list of processes; docs are the fields here. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/error.h"

namespace telltale::messenger {

inline constexpr std::size_t kMostJob = 1 << 20;  // bytes

struct Job {
  std::string way;  // `email` or `mqtt`
  std::string url;  // smtp://, smtps://, mqtt://, mqtts://
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
};

[[nodiscard]] core::Result<Job> read_job(std::string_view text);

// Each blocks until it is brought, or says why not in a line. What it returns is to be said although it was brought:
// somebody of several did not get it. Mostly empty.
[[nodiscard]] core::Result<std::string> send_mail(const Job& job);
[[nodiscard]] core::Result<std::string> send_mqtt(const Job& job);

}  // namespace telltale::messenger
