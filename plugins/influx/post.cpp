#include "plugins/influx/post.h"

#include <stdexcept>
#include <utility>

#include <curl/curl.h>
#include <zlib.h>

#include <telltale/cpp/errors.hpp>
#include <telltale/cpp/stop.hpp>

namespace telltale::influx {

namespace {

constexpr std::size_t kMostOfAnswer = 2'048;
constexpr int kWithGzipHeader = 15 + 16;  // zlib: the largest window, and gzip's form
constexpr int kMemoryLevel = 8;           // zlib's own choice

std::size_t take_answer(char* data, std::size_t size, std::size_t count, void* to) {
  auto& answer = *static_cast<std::string*>(to);
  const std::size_t room = kMostOfAnswer - answer.size();
  answer.append(data, size * count < room ? size * count : room);
  return size * count;
}

int look_at_stop(void* stop_fd, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return Stop(*static_cast<int*>(stop_fd)).requested() ? 1 : 0;
}

}  // namespace

struct Poster::Parts {
  PostSettings settings;
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
};

Poster::Poster(PostSettings settings) : parts_(std::make_unique<Parts>()) {
  parts_->settings = std::move(settings);
  const PostSettings& with = parts_->settings;
  CURL* const curl = curl_easy_init();
  if (curl == nullptr) throw std::runtime_error("libcurl cannot begin");
  parts_->curl = curl;
  const auto header = [this](const std::string& line) {
    curl_slist* const more = curl_slist_append(parts_->headers, line.c_str());
    if (more == nullptr) throw std::runtime_error("no memory is left");
    parts_->headers = more;
  };
  header("Content-Type: text/plain; charset=utf-8");
  header("Expect:");
  if (with.gzip) header("Content-Encoding: gzip");
  if (!with.token.empty()) header("Authorization: Token " + with.token);
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

Poster::~Poster() {
  curl_easy_cleanup(parts_->curl);
  curl_slist_free_all(parts_->headers);
}

Answer Poster::post(std::string_view body, int stop_fd) {
  CURL* const curl = parts_->curl;
  const std::string packed = parts_->settings.gzip ? gzipped(body) : std::string(body);
  Answer answer;
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, packed.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(packed.size()));
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

std::string gzipped(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWithGzipHeader, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("no memory is left to compress");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int how = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (how != Z_STREAM_END) throw std::runtime_error("it cannot be compressed");
  return out;
}

}  // namespace telltale::influx
