#include "daemon/net/assets.h"

#include <algorithm>
#include <array>

#include "daemon/net/answer_form.h"
#include "daemon/net/problem.h"

namespace telltale::net {

namespace {

constexpr std::array<std::string_view, 7> kViews = {"/",       "/d",        "/explore",        "/inputs",
                                                    "/alarms", "/settings", "/settings/config"};

bool is_view(std::string_view path) {
  return std::find(kViews.begin(), kViews.end(), path) != kViews.end() || path.starts_with("/d/");
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The next item of a comma-separated list.
std::string_view take_item(std::string_view& list) {
  const auto comma = list.find(',');
  const std::string_view item = trim(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return item;
}

// `;q=0`, `;q=0.0`: not wanted at all.
bool is_refused(std::string_view parameters) {
  const auto q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const std::string_view weight = trim(parameters.substr(q + 2));
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

struct Form {
  std::string_view coding;  // empty: as it is
  std::string_view mark;    // of the tag: "3f9c2a" and "3f9c2a-gz" are two representations
  std::span<const unsigned char> bytes;
};

// The smallest that the client takes.
Form form_of(const core::Asset& asset, std::string_view accepted) {
  if (!asset.brotli.empty() && accepts(accepted, "br")) return {"br", "-br", asset.brotli};
  if (!asset.gzip.empty() && accepts(accepted, "gzip")) return {"gzip", "-gz", asset.gzip};
  return {{}, {}, asset.bytes};
}

std::string etag_of(const core::Asset& asset, const Form& form) {
  std::string tag(asset.etag);
  if (tag.ends_with('"')) tag.insert(tag.size() - 1, form.mark);
  return tag;
}

}  // namespace

bool accepts(std::string_view list, std::string_view coding) {
  bool any = false;
  while (!list.empty()) {
    const std::string_view item = take_item(list);
    const auto semicolon = item.find(';');
    const std::string_view name = trim(item.substr(0, semicolon));
    const bool refused = semicolon != std::string_view::npos && is_refused(item.substr(semicolon));
    if (name == coding) return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

std::string etag_of(std::string_view version) { return '"' + std::string(version) + '"'; }

bool matches_etag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    std::string_view item = take_item(list);
    if (item == "*") return true;
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

Assets::Assets(std::span<const core::Asset> assets, std::string_view base_path) {
  for (const core::Asset& asset : assets) by_path_.emplace(asset.path, &asset);
  if (!base_path.empty()) move_page(base_path);
}

// The page names its script, its style and its icons by paths from the root; they find the rest by themselves.
void Assets::move_page(std::string_view base_path) {
  constexpr std::string_view kAddress = "=\"/";
  const auto page = by_path_.find("/");
  if (page == by_path_.end()) return;
  const core::Asset& old = *page->second;
  std::string_view rest(reinterpret_cast<const char*>(old.bytes.data()), old.bytes.size());
  for (auto at = rest.find(kAddress); at != std::string_view::npos; at = rest.find(kAddress)) {
    moved_text_.append(rest.substr(0, at + kAddress.size() - 1)).append(base_path);
    rest.remove_prefix(at + kAddress.size() - 1);
  }
  moved_text_.append(rest);
  moved_etag_ = old.etag;
  if (moved_etag_.ends_with('"')) moved_etag_.insert(moved_etag_.size() - 1, "-" + std::string(base_path.substr(1)));
  moved_ = old;
  moved_.etag = moved_etag_;
  moved_.bytes = {reinterpret_cast<const unsigned char*>(moved_text_.data()), moved_text_.size()};
  moved_.gzip = {};
  moved_.brotli = {};
  page->second = &moved_;
}

const core::Asset* Assets::find(std::string_view path) const {
  const auto found = by_path_.find(is_view(path) ? std::string_view("/") : path);
  return found == by_path_.end() ? nullptr : found->second;
}

bool Assets::has(std::string_view path) const { return is_view(path) || find(path) != nullptr; }

std::optional<Response> Assets::lost(const Request& request) const {
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  const bool of_page = !request.target.path.starts_with("/api/") && find("/") != nullptr;
  if (!reads || !of_page || request.header("accept").find("text/html") == std::string_view::npos) return std::nullopt;
  Request visit = request;
  visit.target.path = "/";
  std::erase_if(visit.headers, [](const auto& field) { return field.first == "if-none-match"; });
  Response response = serve(visit);
  response.status = 404;
  std::erase_if(response.headers, [](const auto& field) { return field.first == "ETag"; });
  return response;
}

Response Assets::serve(const Request& request) const {
  const core::Asset* asset = find(request.target.path);
  if (asset == nullptr) {
    return problem(404, "this build of the daemon has no page: the API is under /api/v1");
  }
  const Form form = form_of(*asset, request.header("accept-encoding"));
  const std::string tag = etag_of(*asset, form);
  Response response;
  if (!tag.empty()) response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!asset->gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!tag.empty() && matches_etag(request.header("if-none-match"), tag)) {
    response.status = 304;
    return response;
  }
  response.content_type = asset->content_type;
  if (!form.coding.empty()) response.headers.emplace_back("Content-Encoding", form.coding);
  response.static_body = form.bytes;
  cut_range(response, net::form_of(request), tag);
  return response;
}

}  // namespace telltale::net
