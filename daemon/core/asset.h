// A file of the page, kept inside the binary. `web` makes them, `net` serves them, `app` joins the two.
#pragma once

#include <span>
#include <string_view>

namespace telltale::core {

struct Asset {
  std::string_view path;  // "/" for the page itself, "/assets/app-3f9c2a.js"
  std::string_view content_type;
  std::string_view etag;                       // quoted, as in the header
  std::span<const unsigned char> bytes;        // as they are
  std::span<const unsigned char> gzip;         // empty: not worth it
  std::span<const unsigned char> brotli = {};  // likewise
  bool immutable = false;                      // its name changes with its content
};

}  // namespace telltale::core
