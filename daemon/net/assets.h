// The page: files inside the binary, and which path shows it. Constant after construction; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/asset.h"
#include "daemon/net/http_message.h"

namespace telltale::net {

class Assets {
 public:
  // `base_path`: in front of every address that the page itself names; empty: none.
  explicit Assets(std::span<const core::Asset> assets, std::string_view base_path = {});
  Assets(const Assets&) = delete;
  Assets& operator=(const Assets&) = delete;
  ~Assets() = default;

  // Whether something is served under the path: a file, or a view of the page ("/d/press", "/explore").
  [[nodiscard]] bool has(std::string_view path) const;
  [[nodiscard]] Response serve(const Request& request) const;
  // A person followed a wrong address: the page, which says so, with 404. Nothing when this is no browser's visit.
  [[nodiscard]] std::optional<Response> lost(const Request& request) const;

 private:
  [[nodiscard]] const core::Asset* find(std::string_view path) const;
  void move_page(std::string_view base_path);

  std::map<std::string_view, const core::Asset*> by_path_;
  std::string moved_text_;  // of the page, under a base path
  std::string moved_etag_;
  core::Asset moved_;
};

// Whether a list such as Accept-Encoding's takes `coding` (q not 0).
[[nodiscard]] bool accepts(std::string_view list, std::string_view coding);
// The entity tag of a version.
[[nodiscard]] std::string etag_of(std::string_view version);
// Whether If-None-Match names `etag` (RFC 9110, 13.1.2; weak comparison).
[[nodiscard]] bool matches_etag(std::string_view list, std::string_view etag);

}  // namespace telltale::net
