// Any frames over a live connection, as bytes or as frames with a head of the fuzzer's choice, with and without
// permessage-deflate, in both forms: what comes back are frames of a server, whose messages can be read.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/server_harness.h"
#include "tests/unit/net/live_binary_decoder.h"

namespace {

using telltale::test::expect;

std::string handshake(bool binary, bool deflate) {
  std::string text =
      "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ";
  text += binary ? "telltale.binary.v1\r\n" : "telltale.json.v1\r\n";
  if (deflate) text += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  return text + "\r\n";
}

// Pieces of `first byte, length, payload`, as frames of a client whose mask is 0.
std::string framed(std::string_view bytes) {
  std::string out;
  while (bytes.size() >= 2) {
    const auto length = std::min<std::size_t>(static_cast<unsigned char>(bytes[1]), bytes.size() - 2);
    out += bytes[0];
    if (length < 126) {
      out += static_cast<char>(0x80U | length);
    } else {
      out += static_cast<char>(0xfe);
      out += static_cast<char>(0);
      out += static_cast<char>(length);
    }
    out.append(4, '\0');
    out += bytes.substr(2, length);
    bytes.remove_prefix(2 + length);
  }
  return out;
}

struct Frames {
  std::string_view rest;
  unsigned first = 0;
  std::string_view payload;

  bool next() {
    if (rest.size() < 2) return false;
    first = static_cast<unsigned char>(rest[0]);
    std::size_t length = static_cast<unsigned char>(rest[1]);
    expect(length < 128);  // a server masks nothing
    std::size_t head = 2;
    const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (rest.size() < head + more) return false;
    if (more != 0) {
      length = 0;
      for (std::size_t i = 0; i < more; ++i) length = length << 8 | static_cast<unsigned char>(rest[head + i]);
      head += more;
    }
    if (length > rest.size() - head) return false;  // its client left
    payload = rest.substr(head, length);
    rest.remove_prefix(head + length);
    return true;
  }
};

void check(std::string_view answer, bool binary, bool deflate) {
  const auto head = answer.find("\r\n\r\n");
  if (head == std::string_view::npos) return;
  expect(answer.starts_with("HTTP/1.1 101"));
  Frames frames{answer.substr(head + 4), 0, {}};
  telltale::test::BinaryDecoder decoder;
  std::string message;
  unsigned begun = 0;
  while (frames.next()) {
    const unsigned op = frames.first & 0x0fU;
    expect((frames.first & 0x30U) == 0 && (deflate || (frames.first & 0x40U) == 0));
    if (op >= 8) {
      expect((op == 8 || op == 9 || op == 10) && (frames.first & 0xc0U) == 0x80 && frames.payload.size() <= 125);
      continue;
    }
    expect(op == (begun != 0 ? 0U : binary ? 2U : 1U));
    if (begun == 0) begun = frames.first | 0x100U;
    message += frames.payload;
    if ((frames.first & 0x80U) == 0) continue;
    if ((begun & 0x40U) == 0) {
      const auto object = binary ? decoder.decode(message) : boost::json::parse(message).as_object();
      expect(object.contains("op"));
    }
    message.clear();
    begun = 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static telltale::test::FuzzServer& server = *new telltale::test::FuzzServer;
  if (size == 0) return 0;
  const bool binary = (data[0] & 1U) != 0;
  const bool deflate = (data[0] & 2U) != 0;
  const bool raw = (data[0] & 4U) != 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  server.publish();
  const std::string answer =
      server.talk(handshake(binary, deflate), raw ? std::string(bytes) : framed(bytes), (data[0] & 8U) != 0);
  check(answer, binary, deflate && !binary);
  return 0;
}
