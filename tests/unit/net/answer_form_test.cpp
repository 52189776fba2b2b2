// Conditional, compressed and partial answers.
#include "daemon/net/answer_form.h"

#include <gtest/gtest.h>

#include "daemon/core/gzip.h"

namespace telltale::net {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string field(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Response answered(std::string body, const Fields& fields, Method method = Method::kGet) {
  Request request;
  request.method = method;
  request.headers = fields;
  Response response = text_response(std::move(body), "text/csv");
  give_form(response, form_of(request));
  return response;
}

const std::string kTen = "0123456789";
const std::string kLong(100'000, 'x');

TEST(AnswerForm, HasTheTagOfItsContent) {
  const Response one = answered(kTen, {});
  EXPECT_EQ(one.status, 200U);
  EXPECT_EQ(one.body, kTen);
  EXPECT_EQ(field(one, "ETag").size(), 18U);
  EXPECT_EQ(field(one, "ETag"), field(answered(kTen, {}), "ETag"));
  EXPECT_NE(field(one, "ETag"), field(answered("9876543210", {}), "ETag"));
  const Response same = answered(kTen, {{"if-none-match", field(one, "ETag")}});
  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(answered("other", {{"if-none-match", field(one, "ETag")}}).status, 200U);
}

TEST(AnswerForm, IsCompressedForWhoTakesItWhenItIsLong) {
  const Response zipped = answered(kLong, {{"accept-encoding", "gzip, br"}});
  EXPECT_EQ(field(zipped, "Content-Encoding"), "gzip");
  EXPECT_LT(zipped.body.size(), 1'000U);
  EXPECT_EQ(core::gunzip(zipped.body, kLong.size()).value(), kLong);
  EXPECT_NE(field(zipped, "ETag"), field(answered(kLong, {}), "ETag")) << "another representation";
  EXPECT_EQ(answered(kLong, {{"accept-encoding", "gzip;q=0"}}).body, kLong);
  EXPECT_EQ(answered(kLong, {}).body, kLong);
  EXPECT_EQ(answered(kTen, {{"accept-encoding", "gzip"}}).body, kTen);
}

TEST(AnswerForm, PartsAreWhatRfc9110Says) {
  const struct {
    const char* range;
    unsigned status;
    const char* body;
    const char* content_range;
  } cases[] = {
      {"bytes=0-3", 206, "0123", "bytes 0-3/10"},
      {"bytes=4-", 206, "456789", "bytes 4-9/10"},
      {"bytes=-3", 206, "789", "bytes 7-9/10"},
      {"bytes=8-100", 206, "89", "bytes 8-9/10"},
      {"bytes=-100", 206, "0123456789", "bytes 0-9/10"},
      {"bytes=10-", 416, "", "bytes */10"},
      {"bytes=-0", 416, "", "bytes */10"},
      {"bytes=3-2", 200, "0123456789", ""},
      {"bytes=0-1,4-5", 200, "0123456789", ""},
      {"lines=0-1", 200, "0123456789", ""},
      {"bytes=", 200, "0123456789", ""},
      {"bytes=-", 200, "0123456789", ""},
      {"bytes=a-b", 200, "0123456789", ""},
      {"bytes=99999999999999999999-", 200, "0123456789", ""},
  };
  for (const auto& one : cases) {
    const Response part = answered(kTen, {{"range", one.range}});
    EXPECT_EQ(part.status, one.status) << one.range;
    if (part.status != 416) {
      EXPECT_EQ(part.body, one.body) << one.range;
    }
    EXPECT_EQ(field(part, "Content-Range"), one.content_range) << one.range;
  }
}

TEST(AnswerForm, APartIsOfTheSameContentOrThereIsTheWhole) {
  const std::string tag = field(answered(kTen, {}), "ETag");
  EXPECT_EQ(answered(kTen, {{"range", "bytes=4-"}, {"if-range", tag}}).body, "456789");
  EXPECT_EQ(answered("0123456789 and more", {{"range", "bytes=4-"}, {"if-range", tag}}).status, 200U);
  EXPECT_EQ(answered(kTen, {{"range", "bytes=4-"}}, Method::kHead).status, 200U);
}

TEST(AnswerForm, OthersStayAsTheyAre) {
  EXPECT_EQ(answered(kTen, {{"range", "bytes=4-"}}, Method::kPost).headers.size(), 0U);
  Response error = empty_response(404);
  AnswerForm form;
  form.reads = form.gzip = true;
  give_form(error, form);
  EXPECT_EQ(field(error, "ETag"), "");
  Response tagged = text_response(kTen, "text/yaml");
  tagged.headers.emplace_back("ETag", "\"mine\"");
  give_form(tagged, form);
  EXPECT_EQ(tagged.headers.size(), 1U);
}

TEST(Gzip, DeflatesWhatItInflates) {
  for (const std::string& text : {std::string(), std::string("a"), kLong, std::string("\0\xff\x80", 3)}) {
    EXPECT_EQ(core::gunzip(core::gzip(text), text.size()).value(), text);
  }
  std::string noise;
  for (unsigned i = 0, seed = 1; i < 300'000; ++i)
    noise.push_back(static_cast<char>((seed = seed * 1'103'515'245U + 12'345U) >> 16));
  EXPECT_EQ(core::gunzip(core::gzip(noise), noise.size()).value(), noise);
}

}  // namespace
}  // namespace telltale::net
