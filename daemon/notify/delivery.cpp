#include "daemon/notify/delivery.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/run_program.h"
#include "daemon/core/utf8.h"
#include "daemon/net/client.h"
#include "daemon/notify/mail_text.h"

namespace telltale::notify {

namespace {

constexpr std::size_t kMostAnswer = 16'384;  // bytes of an answer; nobody needs them

core::Error failure(std::string why) { return core::make_error(core::ErrorCode::kUnavailable, std::move(why)); }

// What the client says, without its advice, which is about a daemon of ours.
std::string why_of(const core::Error& error) {
  std::string why = error.message;
  const auto open = why.find('(');
  const auto close = why.rfind(')');
  if (error.code == core::ErrorCode::kUnavailable && open != std::string::npos && close > open) {
    why = why.substr(open + 1, close - open - 1);
  }
  if (error.code == core::ErrorCode::kTimeout) why = "no answer in time";
  return std::string(core::cut_utf8(core::escape_line(why), 200));
}

core::Result<std::string> post(const Message& message, const core::NotifySpec& target) {
  const auto url = boost::urls::parse_uri(target.url);
  if (!url) return failure("is not an address like https://example.org/hook");
  net::ClientTarget place;
  place.url = std::string(url->scheme()) + "://" + std::string(url->encoded_authority());
  auto client = net::Client::make(place);
  if (!client) return client.error();
  net::ClientRequest request;
  request.path = url->encoded_target().empty() ? "/" : std::string(url->encoded_target());
  request.body = body_of(message, target);
  request.content_type = target.content_type;
  request.timeout = kPatience;
  request.headers = target.headers;
  request.most_answer = kMostAnswer;
  const auto answer = client->post(request);
  if (answer) return std::string();
  // The host alone: what stands behind it may be a secret.
  return failure(std::string(url->encoded_host_and_port()) + ": " + why_of(answer.error()));
}

core::Result<std::string> run_command(const Message& message, const core::NotifySpec& target) {
  const core::AlarmStatus& first = message.changes.front().alarm;
  core::ProgramRun run;
  run.command = target.command;
  run.input = json_of(message) + "\n";
  run.variables = {"TELLTALE_DEVICE=" + message.device, "TELLTALE_RULE=" + first.spec.name,
                   "TELLTALE_STATE=" + std::string(core::to_text(first.state)),
                   "TELLTALE_SEVERITY=" + std::string(core::to_text(first.spec.severity)),
                   "TELLTALE_TEXT=" + text_of(message)};
  run.time = kPatience;
  const auto ended = core::run_program(run);
  if (!ended) return ended.error();
  if (ended->late) return failure(fmt::format("the program did not end within {} s", kPatience.count()));
  if (!ended->well()) return failure("the program " + ended->text());
  return std::string();
}

// A job for telltale-messenger, as JSON.
class Job {
 public:
  explicit Job(std::string_view way) { text("way", way); }
  Job& text(std::string_view name, std::string_view value) { return add(name, core::json_string(value)); }
  Job& flag(std::string_view name, bool value) { return add(name, value ? "true" : "false"); }
  Job& number(std::string_view name, std::int64_t value) { return add(name, fmt::format("{}", value)); }
  Job& texts(std::string_view name, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : ",") + core::json_string(value);
    return add(name, "[" + list + "]");
  }
  [[nodiscard]] std::string take() { return "{" + std::move(text_) + "}"; }

 private:
  Job& add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}{}:{}", text_.empty() ? "" : ",", core::json_string(name), value);
    return *this;
  }
  std::string text_;
};

core::Result<std::string> give_to_messenger(Job& job, const std::string& url, const std::string& messenger) {
  if (messenger.empty()) return failure("telltale-messenger is not installed beside telltaled");
  core::ProgramRun run;
  run.command = {messenger};
  run.input = job.number("time", kMessengerPatience.count()).take();
  run.most_output = 512;
  run.time = kMessengerPatience + std::chrono::seconds(2);  // it has a limit of its own, and can say why
  const auto ended = core::run_program(run);
  if (!ended) return ended.error();
  const auto place = boost::urls::parse_uri(url);
  std::string said = ended->late ? std::string("no answer in time") : ended->output;
  said.erase(std::min(said.find('\n'), said.size()));
  if (said.empty() && !ended->well()) said = "telltale-messenger " + ended->text();
  if (said.empty()) return said;
  said = core::cut_utf8(core::escape_line(said), 200);
  if (place) said = std::string(place->encoded_host_and_port()) + ": " + said;
  if (!ended->well()) return failure(said);
  return said;
}

core::Result<std::string> send_mail(const Message& message, const core::NotifySpec& target,
                                    const std::string& messenger, core::WallTime now) {
  const core::EmailSpec& email = *target.email;
  std::random_device random;
  Mail mail;
  mail.from = email.from;
  mail.to = email.to;
  mail.subject = subject_of(message, email.subject);
  mail.text = target.body.empty() ? text_of(message) : body_of(message, target);
  mail.time = now;
  mail.number = static_cast<std::uint64_t>(random()) << 32U | random();
  Job job("email");
  job.text("url", email.url).text("from", email.from).texts("to", email.to).text("user", email.user);
  job.text("password", email.password).text("ca", email.ca).flag("starttls", email.starttls);
  job.text("mail", mail_text(mail));
  return give_to_messenger(job, email.url, messenger);
}

core::Result<std::string> send_mqtt(const Message& message, const core::NotifySpec& target,
                                    const std::string& messenger) {
  const core::MqttSpec& mqtt = *target.mqtt;
  Job job("mqtt");
  job.text("url", mqtt.url).text("topic", topic_of(message, mqtt.topic)).text("payload", body_of(message, target));
  job.text("user", mqtt.user).text("password", mqtt.password).text("ca", mqtt.ca);
  job.number("qos", mqtt.qos).flag("retain", mqtt.retain);
  return give_to_messenger(job, mqtt.url, messenger);
}

}  // namespace

core::Result<std::string> deliver(const Message& message, const core::NotifySpec& target, const std::string& messenger,
                                  core::WallTime now) {
  if (target.email) return send_mail(message, target, messenger, now);
  if (target.mqtt) return send_mqtt(message, target, messenger);
  return target.url.empty() ? run_command(message, target) : post(message, target);
}

}  // namespace telltale::notify
