#include "plugins/http/post.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <curl/curl.h>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/stop.hpp>

namespace telltale::http {

namespace {

constexpr std::size_t kMostOfAnswer = 2'048;

std::size_t take_answer(char* data, std::size_t size, std::size_t count, void* to) {
  auto& answer = *static_cast<std::string*>(to);
  answer.append(data, std::min(size * count, kMostOfAnswer - answer.size()));
  return size * count;
}

int look_at_stop(void* stop_fd, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return Stop(*static_cast<int*>(stop_fd)).requested() ? 1 : 0;
}

}  // namespace

struct Poster::Parts {
  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
  }
  void add_header(const std::string& line) {
    if (line.find_first_of("\r\n") != std::string::npos) throw ConfigError("a header, or a token, is one line");
    curl_slist* const more = curl_slist_append(headers, line.c_str());
    if (more == nullptr) throw std::runtime_error("no memory is left");
    headers = more;
  }

  PostSettings settings;
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
};

Poster::Poster(PostSettings settings) : parts_(std::make_unique<Parts>()) {
  parts_->settings = std::move(settings);
  const PostSettings& with = parts_->settings;
  for (const std::string& line : with.headers) parts_->add_header(line);
  parts_->add_header("Expect:");  // no round trip before the body
  CURL* const curl = curl_easy_init();
  if (curl == nullptr) throw std::runtime_error("libcurl cannot begin");
  parts_->curl = curl;
  curl_easy_setopt(curl, CURLOPT_URL, with.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "telltale");
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(with.timeout).count();
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(milliseconds / 2));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, parts_->headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_answer);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &look_at_stop);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  if (!with.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, with.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, with.password.c_str());
  }
  if (!with.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, with.ca.c_str());
  if (!with.verify) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

Poster::~Poster() = default;

Answer Poster::post(std::string_view body, int stop_fd) {
  CURL* const curl = parts_->curl;
  Answer answer;
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop_fd);
  const CURLcode how = curl_easy_perform(curl);
  if (how == CURLE_ABORTED_BY_CALLBACK) throw Stopped();
  if (how != CURLE_OK) throw IoError(std::string("the server is not reached: ") + curl_easy_strerror(how));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  answer.retry_after = std::chrono::seconds(wait);
  return answer;
}

}  // namespace telltale::http
