#include "daemon/messenger/job.h"

#include <algorithm>

#include <boost/json.hpp>

namespace telltale::messenger {

namespace {

namespace json = boost::json;

std::string text_in(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  const json::string* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

bool flag_in(const json::object& object, std::string_view name, bool otherwise) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

int number_in(const json::object& object, std::string_view name, int otherwise) {
  const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_int64() ? static_cast<int>(value->get_int64()) : otherwise;
}

}  // namespace

core::Result<Job> read_job(std::string_view text) {
  boost::system::error_code failed;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed || !document.is_object()) return core::make_error(core::ErrorCode::kInvalid, "the job is no JSON object");
  const json::object& object = document.get_object();
  Job job;
  job.way = text_in(object, "way");
  job.url = text_in(object, "url");
  job.user = text_in(object, "user");
  job.password = text_in(object, "password");
  job.ca = text_in(object, "ca");
  job.starttls = flag_in(object, "starttls", true);
  job.time = number_in(object, "time", job.time);
  job.from = text_in(object, "from");
  if (const json::value* const to = object.if_contains("to"); to != nullptr && to->is_array()) {
    for (const json::value& one : to->get_array()) {
      if (one.is_string()) job.to.emplace_back(one.get_string().data(), one.get_string().size());
    }
  }
  job.mail = text_in(object, "mail");
  job.topic = text_in(object, "topic");
  job.payload = text_in(object, "payload");
  job.qos = number_in(object, "qos", job.qos);
  job.retain = flag_in(object, "retain", false);
  job.etag = text_in(object, "etag");
  job.most = static_cast<std::size_t>(std::max(number_in(object, "most", 0), 0));
  return job;
}

}  // namespace telltale::messenger
