// Documents that somebody posts to the input, POST /api/v1/ingest/ID. A draft: it may change with every release.
//
//   class Hook : public telltale::StreamingInput, public telltale::Receiving {
//     void receive(const telltale::Document& document) override { visits_.publish(count_visits(document.body)); }
#pragma once

#include <string_view>

#include <telltale/cpp/text.hpp>
#include <telltale/ext/draft/receive.h>

namespace telltale {

// What was posted. Its texts are borrowed for the call, and hostile.
struct Document {
  explicit Document(const telltale_document& document)
      : body(to_view(document.body)), media_type(to_view(document.media_type)) {}

  std::string_view body;        // as it came, decompressed
  std::string_view media_type;  // `application/json`; or empty
};

// An input that takes documents.
class Receiving {
 public:
  Receiving() = default;
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;
  virtual ~Receiving() = default;
  // Returns within a second. Throws InvalidError for what makes no sense (whoever posted is told why), IoError when it
  // may be posted again. Called from another thread than poll() or run(), maybe while they run; once at a time.
  virtual void receive(const Document& document) = 0;
};

}  // namespace telltale
