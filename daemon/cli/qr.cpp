#include "daemon/cli/qr.h"

#include <memory>

#include <qrencode.h>

namespace telltale::cli {

namespace {

constexpr int kQuiet = 2;  // modules around it: half of what the standard asks for, and enough for phones
constexpr std::size_t kLongest = 512;
constexpr std::string_view kBlackOnWhite = "\x1b[30;47m";
constexpr std::string_view kReset = "\x1b[0m";

class Modules {
 public:
  explicit Modules(const QRcode& code) : code_(code) {}
  [[nodiscard]] int width() const { return code_.width + 2 * kQuiet; }
  [[nodiscard]] bool dark(int x, int y) const {
    x -= kQuiet;
    y -= kQuiet;
    if (x < 0 || y < 0 || x >= code_.width || y >= code_.width) return false;
    return (code_.data[y * code_.width + x] & 1U) != 0;
  }

 private:
  const QRcode& code_;
};

std::string_view block(bool upper, bool lower) {
  if (upper && lower) return "\u2588";
  if (upper) return "\u2580";
  return lower ? "\u2584" : " ";
}

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

std::string qr_text(std::string_view text, QrInk ink) {
  if (text.empty() || text.size() > kLongest) return {};
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeData(
      static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (code == nullptr) return {};
  const Modules modules(*code);
  const bool coloured = ink == QrInk::kColours;
  std::string out;
  for (int y = 0; y < modules.width(); y += 2) {
    if (coloured) out += kBlackOnWhite;
    for (int x = 0; x < modules.width(); ++x) {
      const bool upper = modules.dark(x, y);
      // Below the last row of an odd number there is nothing, which is as dark as the terminal.
      const bool lower = y + 1 < modules.width() ? modules.dark(x, y + 1) : !coloured;
      out += coloured ? block(upper, lower) : block(!upper, !lower);
    }
    if (coloured) out += kReset;
    out += '\n';
  }
  return out;
}

}  // namespace telltale::cli
