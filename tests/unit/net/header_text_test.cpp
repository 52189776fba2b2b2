// The header of an answer is ours, whatever was put into its values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/net/http_message.h"

namespace telltale::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HeaderText, LeavesOutWhatWouldBreakIt) {
  using Field = std::pair<std::string, std::string>;
  const Field cases[] = {{"Location", "/a\r\nSet-Cookie: stolen=1"},
                         {"Location", "/a\nSet-Cookie: stolen=1"},
                         {"Location", "/a\rSet-Cookie: stolen=1"},
                         {"Location", std::string("/a\0Set-Cookie: stolen=1", 23)},
                         {"Location", "/a\r\n\r\n<script>stolen</script>"},
                         {"X\r\nSet-Cookie: stolen", "1"},
                         {"X: 1\r\n\r\nstolen", "1"},
                         {"Location", "\x7fstolen"}};
  for (const auto& field : cases) {
    Response response = json_response("{}");
    response.headers.push_back(field);
    response.headers.emplace_back("Allow", "GET");
    const std::string head = header_text(response, {});
    EXPECT_THAT(head, Not(HasSubstr("stolen"))) << field.first << field.second;
    EXPECT_THAT(head, HasSubstr("\r\nAllow: GET\r\n"));
    EXPECT_EQ(head.find("\r\n\r\n"), head.size() - 4) << "one end";
  }
  Response response = json_response("{}");
  response.content_type = "text/plain\r\nSet-Cookie: stolen=1";
  EXPECT_THAT(header_text(response, {}), Not(HasSubstr("stolen")));
}

TEST(HeaderText, KeepsWhatIsText) {
  Response response = json_response("{}");
  response.headers.emplace_back("X-Name", "caf\xc3\xa9\tau lait");
  EXPECT_THAT(header_text(response, {}), HasSubstr("X-Name: caf\xc3\xa9\tau lait\r\n"));
}

}  // namespace
}  // namespace telltale::net
