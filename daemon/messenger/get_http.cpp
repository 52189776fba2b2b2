// One document by libcurl: bounded in size and time, certificates checked, nothing transferred that is there already.
#include <algorithm>
#include <cctype>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/messenger/job.h"

namespace telltale::messenger {

namespace {

constexpr std::size_t kMostTag = 256;

struct Answer {
  std::string body;
  std::string etag;
  std::size_t most = 0;
  bool too_large = false;
};

std::size_t take(char* from, std::size_t size, std::size_t count, void* to) {
  auto& answer = *static_cast<Answer*>(to);
  answer.too_large = answer.body.size() + size * count > answer.most;
  if (answer.too_large) return 0;
  answer.body.append(from, size * count);
  return size * count;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

// The ETag of the answer that counts: those before it sent us on.
std::size_t remember(char* line, std::size_t size, std::size_t count, void* to) {
  auto& answer = *static_cast<Answer*>(to);
  const std::string_view text(line, size * count);
  const auto colon = text.find(':');
  if (text.starts_with("HTTP/")) {
    answer.etag.clear();
    answer.body.clear();
  } else if (colon == 4 && std::equal(text.begin(), text.begin() + 4, "etag", [](char a, char b) {
               return std::tolower(static_cast<unsigned char>(a)) == b;
             })) {
    const std::string_view tag = trimmed(text.substr(colon + 1));
    answer.etag = tag.size() <= kMostTag ? std::string(tag) : std::string();
  }
  return size * count;
}

core::Error failed(const std::string& why) { return core::make_error(core::ErrorCode::kUnavailable, why); }

}  // namespace

core::Result<std::string> get_http(const Job& job) {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(::curl_easy_init(), ::curl_easy_cleanup);
  if (!handle) return failed("libcurl cannot be used");
  CURL* const curl = handle.get();
  bool good = true;
  const auto set = [&good, curl](CURLoption option, auto value) {
    good = good && ::curl_easy_setopt(curl, option, value) == CURLE_OK;
  };
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> fields(nullptr, ::curl_slist_free_all);
  if (!job.etag.empty()) {
    fields.reset(::curl_slist_append(nullptr, ("If-None-Match: " + job.etag).c_str()));
    set(CURLOPT_HTTPHEADER, fields.get());
  }
  Answer answer;
  answer.most = job.most;
  set(CURLOPT_URL, job.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  // Never from TLS to plain.
  set(CURLOPT_REDIR_PROTOCOLS_STR, job.url.starts_with("https://") ? "https" : "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 3L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_TIMEOUT, static_cast<long>(job.time));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_USERAGENT, "telltale");
  if (!job.ca.empty()) set(CURLOPT_CAINFO, job.ca.c_str());
  if (!job.user.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, job.user.c_str());
    set(CURLOPT_PASSWORD, job.password.c_str());
  }
  set(CURLOPT_WRITEFUNCTION, &take);
  set(CURLOPT_WRITEDATA, &answer);
  set(CURLOPT_HEADERFUNCTION, &remember);
  set(CURLOPT_HEADERDATA, &answer);
  if (!good) return failed("this libcurl cannot do that");
  const CURLcode code = ::curl_easy_perform(curl);
  if (answer.too_large) return failed(fmt::format("what is there is larger than {} bytes", job.most));
  if (code != CURLE_OK) return failed(::curl_easy_strerror(code));
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) answer.body.clear();
  return fmt::format("{{\"status\":{},\"etag\":{}}}\n", status, core::json_string(answer.etag)) + answer.body;
}

}  // namespace telltale::messenger
