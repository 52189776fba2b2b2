// The form in which an answer that is in memory is sent to who reads: not at all when they have it, compressed, or a
// part of it. Pure; called where the answer is made, which may take its time.
#pragma once

#include <string>
#include <string_view>

#include "daemon/net/http_message.h"

namespace telltale::net {

// What the request says of it, RFC 9110.
struct AnswerForm {
  bool reads = false;         // GET or HEAD: all others get their answer as it is
  bool gzip = false;          // Accept-Encoding
  std::string if_none_match;  // the tags that the client has
  std::string range;          // "bytes=100-", of the form that is sent
  std::string if_range;       // the tag that the part must belong to
};
[[nodiscard]] AnswerForm form_of(const Request& request);

// Gives an answer of status 200 a tag of its content, and answers by it. One that has a tag of its own stays as it is;
// so does one that comes in pieces.
void give_form(Response& response, const AnswerForm& form);

// Cuts the part out that was asked for: 206, or 416 when there is none such. Several parts at once are not cut, which
// RFC 9110, 14.2 allows. `tag` is the one of what would be sent.
void cut_range(Response& response, const AnswerForm& form, std::string_view tag);

}  // namespace telltale::net
