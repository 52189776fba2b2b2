// Any bytes as what a client sends: the parser, the access rules, every route and their answers. Whatever comes, the
// answer is HTTP whose header nobody could write into, and the connection ends.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/server_harness.h"

namespace {

using telltale::test::expect;

// Fields as RFC 9112 has them: what a request said may be in a value, but not as a line of its own.
void check_head(std::string_view answer) {
  expect(answer.starts_with("HTTP/1.1 "));
  const auto end = answer.find("\r\n\r\n");
  expect(end != std::string_view::npos);
  std::string_view head = answer.substr(0, end);
  expect(head.size() > 12 && head[9] >= '1' && head[9] <= '5');
  head.remove_prefix(std::min(head.find("\r\n"), head.size()));
  while (!head.empty()) {
    head.remove_prefix(2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(':');
    expect(colon != std::string_view::npos && colon > 0);
    for (const char c : line) expect((static_cast<unsigned char>(c) >= 0x20 || c == '\t') && c != 0x7f);
    for (const char c : line.substr(0, colon)) expect(c != ' ');
    expect(line.substr(0, colon) != "X-Injected");
    head.remove_prefix(line.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static telltale::test::FuzzServer& server = *new telltale::test::FuzzServer;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string answer = server.talk({}, bytes, (data[0] & 1U) != 0);
  // "HTTP/1.1 100 Continue" is no answer yet; one that was cut off by its client's leaving has no end.
  if (answer.find("\r\n\r\n") != std::string::npos && !answer.starts_with("HTTP/1.1 100")) check_head(answer);
  return 0;
}
