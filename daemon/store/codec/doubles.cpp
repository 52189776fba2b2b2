#include "daemon/store/codec/doubles.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "daemon/store/codec/ints.h"
#include "daemon/store/codec/scale.h"
#include "daemon/store/codec/xor.h"
#include "daemon/store/codec/zstd.h"

namespace telltale::store {

namespace {

// The first byte: 0 to 15 decimal with so many digits, 16 to 31 the float of one, and these; bit 6: residuals and
// exceptions follow the numbers.
enum Form : std::uint8_t { kFloats = 16, kStep = 32, kSameBits = 33, kXor = 34, kRaw = 35, kRawZstd = 36 };
constexpr std::uint8_t kRough = 0x40;
constexpr std::size_t kWorthZstd = 32;

void put_exceptions(std::string& out, const Fit& fitted, std::span<const double> values) {
  ByteWriter bytes(out);
  bytes.varint(fitted.exceptions.size());
  std::size_t next = 0;
  std::uint64_t previous = 0;
  for (const std::size_t at : fitted.exceptions) {
    const auto bits = std::bit_cast<std::uint64_t>(values[at]);
    const bool again = bits == previous;
    bytes.varint((at - next) * 2 + (again ? 1 : 0));
    if (!again) bytes.fixed(bits);
    previous = bits;
    next = at + 1;
  }
}

bool take_exceptions(ByteReader& in, std::span<double> values) {
  const std::uint64_t count = in.varint();
  if (!in.ok() || count > values.size()) return false;
  std::uint64_t next = 0;
  std::uint64_t bits = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t step = in.varint();
    if ((step & 1U) == 0) bits = in.fixed<std::uint64_t>();
    const std::uint64_t at = next + step / 2;
    if (!in.ok() || at >= values.size()) return false;
    values[at] = std::bit_cast<double>(bits);
    next = at + 1;
  }
  return true;
}

std::uint8_t form_of(const Scale& scale) {
  if (scale.kind == Scale::Kind::kStep) return kStep;
  return static_cast<std::uint8_t>(scale.digits + (scale.kind == Scale::Kind::kFloat ? kFloats : 0));
}

std::string coded(const Fit& fitted, std::span<const double> values, Effort effort) {
  std::string out;
  ByteWriter bytes(out);
  const bool rough = !fitted.exact || !fitted.exceptions.empty();
  bytes.fixed(static_cast<std::uint8_t>(form_of(fitted.scale) | (rough ? kRough : 0)));
  if (fitted.scale.kind == Scale::Kind::kStep) {
    bytes.fixed(fitted.scale.step);
    bytes.fixed(fitted.scale.offset);
  }
  put_ints(out, fitted.numbers, effort);
  if (rough) {
    put_ints(out, fitted.residuals, effort);
    put_exceptions(out, fitted, values);
  }
  return out;
}

std::string raw_bytes(std::span<const double> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

// All first bytes, then all second ones, and so on.
std::string by_planes(std::span<const double> values) {
  std::string out(values.size() * 8, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(values[i]);
    for (unsigned plane = 0; plane < 8; ++plane) {
      out[plane * values.size() + i] = static_cast<char>(bits >> (8 * plane));
    }
  }
  return out;
}

bool take_planes(ByteReader& in, std::span<double> values) {
  std::string raw;
  if (!decompress(in.text(), values.size() * 8, raw) || raw.size() != values.size() * 8) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t bits = 0;
    for (unsigned plane = 0; plane < 8; ++plane) {
      bits |= std::uint64_t{static_cast<std::uint8_t>(raw[plane * values.size() + i])} << (8 * plane);
    }
    values[i] = std::bit_cast<double>(bits);
  }
  return true;
}

std::string with_form(Form form, std::string_view bytes) {
  std::string out(1, static_cast<char>(form));
  out += bytes;
  return out;
}

bool same_bits(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [&](double value) {
    return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(values.front());
  });
}

std::string smallest(std::span<const double> values, Effort effort) {
  const bool best_effort = effort == Effort::kBest;
  std::string best;
  const auto keep_smaller = [&](std::string other) {
    if (best.empty() || other.size() < best.size()) best = std::move(other);
  };
  const bool same = same_bits(values);
  if (same) keep_smaller(with_form(kSameBits, raw_bytes(values.first(1))));
  // The quick size chooses the scale: trying hard is dear.
  std::optional<Fit> chosen;
  for (const Scale& scale : find_scales(values, best_effort && !same)) {
    auto fitted = fit(scale, values);
    if (!fitted) continue;
    std::string quick = coded(*fitted, values, Effort::kQuick);
    if (!best.empty() && quick.size() >= best.size()) continue;
    best = std::move(quick);
    chosen = std::move(fitted);
  }
  if (chosen && best_effort) keep_smaller(coded(*chosen, values, effort));
  if (same || (!best.empty() && best.size() < values.size() * 3)) return best;
  keep_smaller(with_form(kRaw, raw_bytes(values)));
  std::string bits;
  put_xor(bits, values);
  keep_smaller(with_form(kXor, bits));
  if (!best_effort || values.size() < kWorthZstd) return best;
  std::string planes;
  ByteWriter(planes).text(compress(by_planes(values)));
  keep_smaller(with_form(kRawZstd, planes));
  return best;
}

bool take_scaled(ByteReader& in, std::uint8_t form, bool rough, std::span<double> values) {
  Scale scale;
  if (form == kStep) {
    scale.kind = Scale::Kind::kStep;
    scale.step = in.fixed<double>();
    scale.offset = in.fixed<double>();
  } else {
    scale.kind = form >= kFloats ? Scale::Kind::kFloat : Scale::Kind::kDecimal;
    scale.digits = form % kFloats;
  }
  std::vector<std::int64_t> numbers(values.size());
  if (!take_ints(in, numbers)) return false;
  std::vector<std::int64_t> residuals(rough ? values.size() : 0);
  if (rough && !take_ints(in, residuals)) return false;
  if (!rough) {
    values_of(scale, numbers, values);
    return true;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t residual = residuals[i];
    if (residual < -kMostResidual || residual > kMostResidual) return false;
    values[i] = value_of(scale, numbers[i], residual);
  }
  return take_exceptions(in, values);
}

}  // namespace

void put_doubles(std::string& out, std::span<const double> values, Effort effort, bool callers_bit) {
  std::string best = smallest(values, effort);
  if (callers_bit) best.front() = static_cast<char>(static_cast<std::uint8_t>(best.front()) | kCallersBit);
  out += best;
}

bool take_doubles(ByteReader& in, std::span<double> values, bool& callers_bit) {
  const auto head = in.fixed<std::uint8_t>();
  callers_bit = (head & kCallersBit) != 0;
  const bool rough = (head & kRough) != 0;
  const auto form = static_cast<std::uint8_t>(head & 0x3fU);
  if (!in.ok()) return false;
  if (form <= kStep) return take_scaled(in, form, rough, values);
  if (rough) return false;
  switch (form) {
    case kSameBits:
      std::fill(values.begin(), values.end(), in.fixed<double>());
      return in.ok();
    case kXor:
      return take_xor(in, values);
    case kRaw:
      for (double& value : values) value = in.fixed<double>();
      return in.ok();
    case kRawZstd:
      return take_planes(in, values);
    default:
      return false;
  }
}

}  // namespace telltale::store
