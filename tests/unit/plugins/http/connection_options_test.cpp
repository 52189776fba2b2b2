#include "plugins/http/connection_options.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

#include "tests/support/option_tree.h"

namespace telltale::http {
namespace {

using test::Given;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Keys = std::vector<std::pair<std::string, Given>>;

constexpr telltale_option kTable[] = {Option::text("url", "Where to."),
                                      Option::text("user", "Who."),
                                      Option::text("password", "What for."),
                                      Option::text("token", "Instead."),
                                      kTimeoutOption,
                                      kTlsOption};

PostSettings settings_of(Keys keys) {
  const test::OptionTree tree(kTable, Given::section(std::move(keys)));
  const Options options(tree.root());
  PostSettings settings;
  if (options.has("url")) settings.url = url_of(options);
  take_connection(options, "Bearer", settings);
  return settings;
}

std::string refusal_of(Keys keys) {
  try {
    (void)settings_of(std::move(keys));
    return "taken";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(ConnectionOptions, TakeWhatIsGiven) {
  const PostSettings made = settings_of({{"url", "https://[::1]:8086/a?b=c"},
                                         {"user", "Jürgen"},
                                         {"password", "a:b c"},
                                         {"timeout", "3s"},
                                         {"tls", Given::section({{"ca", "/etc/ca.pem"}, {"verify", "false"}})}});
  EXPECT_EQ(made.url, "https://[::1]:8086/a?b=c");
  EXPECT_EQ(made.user, "Jürgen");
  EXPECT_EQ(made.password, "a:b c");
  EXPECT_EQ(made.timeout, std::chrono::seconds(3));
  EXPECT_EQ(made.ca, "/etc/ca.pem");
  EXPECT_FALSE(made.verify);
  EXPECT_TRUE(settings_of({}).verify);
  EXPECT_THAT(settings_of({{"token", "abc"}}).headers, ElementsAre("Authorization: Bearer abc"));
}

TEST(ConnectionOptions, SayWhatDoesNotFit) {
  const std::vector<std::pair<Keys, std::string>> cases{
      {{{"token", "a"}, {"user", "b"}}, "not both"},
      {{{"token", ""}}, "token: it is empty"},
      {{{"password", "a"}}, "needs a 'user'"},
      {{{"user", "a:b"}}, "no ':'"},
      {{{"url", "ftp://a"}}, "http:// or https://"},
      {{{"url", ""}}, "http:// or https://"},
      {{{"url", "http://a b"}}, "%XX"},
      {{{"url", "http://müller"}}, "%XX"},
      {{{"url", "http://u:p@a/"}}, "'user' and 'password'"},
      {{{"url", "http://a/#b"}}, "'#'"},
  };
  for (const auto& [keys, words] : cases) EXPECT_THAT(refusal_of(keys), HasSubstr(words));
  EXPECT_EQ(refusal_of({{"url", "http://a/@b"}}), "taken");
}

TEST(ConnectionOptions, RefuseHostileTextsInEachOption) {
  const std::vector<std::string> hostile{std::string(100'000, 'x'), "a\r\nX: y", std::string("a\0b", 3), "\xff\xfe"};
  for (const std::string& text : hostile) {
    EXPECT_THAT(refusal_of({{"url", "http://" + text}}), HasSubstr("url: "));
    EXPECT_THAT(refusal_of({{"user", text}}), HasSubstr("user: "));
    EXPECT_THAT(refusal_of({{"user", "a"}, {"password", text}}), HasSubstr("password: "));
    EXPECT_THAT(refusal_of({{"token", text}}), HasSubstr("token: "));
    EXPECT_THAT(refusal_of({{"tls", Given::section({{"ca", text}})}}), HasSubstr("tls.ca: "));
  }
}

}  // namespace
}  // namespace telltale::http
