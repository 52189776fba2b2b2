#include "plugins/http/patience.h"

#include <gtest/gtest.h>

#include <telltale/cpp/errors.hpp>

namespace telltale::http {
namespace {

using std::chrono::seconds;

Answer answer(long status, seconds retry_after = {}, std::string body = {}) {
  return {status, retry_after, std::move(body)};
}

TEST(Patience, ParksWhatIsTheBatchsFaultAndNothingElse) {
  for (const long status : {400, 405, 409, 413, 415, 422}) {
    EXPECT_THROW(Patience().judge(answer(status), {}), InvalidError) << status;
  }
  for (const long status : {301, 401, 403, 404, 407, 408, 429, 500, 502, 503, 504}) {
    EXPECT_THROW(Patience().judge(answer(status), {}), IoError) << status;
  }
  for (const long status : {200, 202, 204}) EXPECT_NO_THROW(Patience().judge(answer(status), {})) << status;
}

TEST(Patience, SaysWhatTheServerSaid) {
  try {
    Patience().judge(answer(400, {}, "out of order sample\n"), {});
    FAIL();
  } catch (const InvalidError& error) {
    EXPECT_STREQ(error.what(), "the server answers 400: out of order sample");
  }
}

TEST(Patience, LeavesAServerAloneForAsLongAsItAsks) {
  Patience patience;
  EXPECT_THROW(patience.judge(answer(429, seconds(7)), seconds(100)), IoError);
  EXPECT_THROW(patience.check(seconds(106)), IoError);
  EXPECT_NO_THROW(patience.check(seconds(107)));
  EXPECT_THROW(patience.judge(answer(503, seconds(1'000'000)), seconds(200)), IoError);
  EXPECT_THROW(patience.check(seconds(200 + 3599)), IoError);
  EXPECT_NO_THROW(patience.check(seconds(200 + 3600))) << "not for ever";
}

TEST(Patience, DoublesItsPausesWhenTheServerDoesNotSay) {
  Patience patience;
  seconds now(100);
  for (const seconds pause :
       {seconds(1), seconds(2), seconds(4), seconds(8), seconds(16), seconds(32), seconds(60), seconds(60)}) {
    EXPECT_THROW(patience.judge(answer(500), now), IoError);
    EXPECT_THROW(patience.check(now + pause - std::chrono::nanoseconds(1)), IoError);
    now += pause;
    EXPECT_NO_THROW(patience.check(now));
  }
  patience.judge(answer(204), now);
  EXPECT_THROW(patience.judge(answer(500), now), IoError);
  EXPECT_NO_THROW(patience.check(now + seconds(1))) << "an answer ends it";
}

TEST(Patience, AWrongTokenIsAskedAgainAtOnce) {
  Patience patience;
  EXPECT_THROW(patience.judge(answer(401), seconds(5)), IoError);
  EXPECT_NO_THROW(patience.check(seconds(5)));
}

TEST(Poster, TakesNoHeaderOfTwoLines) {
  PostSettings settings;
  settings.url = "http://127.0.0.1:1";
  settings.headers = {"Authorization: a\r\nX: y"};
  EXPECT_THROW(Poster{settings}, ConfigError);
}

}  // namespace
}  // namespace telltale::http
