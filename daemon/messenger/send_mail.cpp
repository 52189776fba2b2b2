// SMTP by libcurl: STARTTLS or TLS, certificates checked.
#include <algorithm>
#include <cstring>
#include <memory>

#include <curl/curl.h>

#include "daemon/messenger/job.h"

namespace telltale::messenger {

namespace {

struct Upload {
  std::string_view rest;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto& upload = *static_cast<Upload*>(from);
  const std::size_t part = std::min(size * count, upload.rest.size());
  std::memcpy(to, upload.rest.data(), part);
  upload.rest.remove_prefix(part);
  return part;
}

// What the server refused, in its own words: it knows best why. One refusal more, of one address of several, is enough.
std::size_t remember(char* line, std::size_t size, std::size_t count, void* refusal) {
  std::string text(line, size * count);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.starts_with('4') || text.starts_with('5')) *static_cast<std::string*>(refusal) = std::move(text);
  return size * count;
}

std::string reason(CURLcode code, const Job& job, const std::string& refusal) {
  if (code == CURLE_USE_SSL_FAILED && job.starttls) {
    return "the server offers no TLS; 'starttls: false' would send without it";
  }
  if (!refusal.empty()) return "the server says: " + refusal;
  return ::curl_easy_strerror(code);
}

core::Error failed(const std::string& why) { return core::make_error(core::ErrorCode::kUnavailable, why); }

}  // namespace

core::Result<std::string> send_mail(const Job& job) {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(::curl_easy_init(), ::curl_easy_cleanup);
  if (!handle) return failed("libcurl cannot be used");
  curl_slist* list = nullptr;
  for (const std::string& to : job.to) list = ::curl_slist_append(list, ("<" + to + ">").c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(list, ::curl_slist_free_all);
  const std::string from = "<" + job.from + ">";
  Upload upload{job.mail};
  std::string refusal;
  CURL* const curl = handle.get();
  bool good = true;
  const auto set = [&good, curl](CURLoption option, auto value) {
    good = good && ::curl_easy_setopt(curl, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, job.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_TIMEOUT, static_cast<long>(job.time));
  set(CURLOPT_USE_SSL, static_cast<long>(job.starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!job.ca.empty()) set(CURLOPT_CAINFO, job.ca.c_str());
  if (!job.user.empty()) {
    set(CURLOPT_USERNAME, job.user.c_str());
    set(CURLOPT_PASSWORD, job.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // an address that is gone keeps the mail from nobody else
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &give);
  set(CURLOPT_READDATA, &upload);
  set(CURLOPT_HEADERFUNCTION, &remember);
  set(CURLOPT_HEADERDATA, &refusal);
  if (!good) return failed("this libcurl has no SMTP");
  const CURLcode code = ::curl_easy_perform(curl);
  if (code == CURLE_OK) return refusal.empty() ? std::string() : "not to everybody; the server says: " + refusal;
  return failed(reason(code, job, refusal));
}

}  // namespace telltale::messenger
