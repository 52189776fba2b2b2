// A small reader of protobuf's wire format, to look at what our writers made: written from the format's description,
// sharing nothing with them. Throws std::runtime_error for what is no protobuf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace telltale::test {

struct ProtobufField {
  std::uint32_t number = 0;
  std::uint32_t type = 0;
  std::uint64_t integer = 0;  // of a varint, or the bits of a fixed width
  std::string bytes;          // of type 2

  [[nodiscard]] double as_double() const {
    if (type != 1) throw std::runtime_error("not eight bytes");
    double value = 0;
    std::memcpy(&value, &integer, sizeof value);
    return value;
  }
  [[nodiscard]] float as_float() const {
    if (type != 5) throw std::runtime_error("not four bytes");
    const auto bits = static_cast<std::uint32_t>(integer);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
};

class ProtobufReader {
 public:
  [[nodiscard]] static std::vector<ProtobufField> read(std::string_view bytes) {
    ProtobufReader reader(bytes);
    std::vector<ProtobufField> fields;
    while (reader.at_ < bytes.size()) fields.push_back(reader.field());
    return fields;
  }

 private:
  explicit ProtobufReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (at_ >= bytes_.size()) throw std::runtime_error("it ends within a field");
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int i = 0; i < 10; ++i) {
      const std::uint64_t one = byte();
      value += (one % 128) << (7 * i);
      if (one < 128) return value;
    }
    throw std::runtime_error("a varint of more than ten bytes");
  }
  std::uint64_t fixed(int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value += static_cast<std::uint64_t>(byte()) << (8 * i);
    return value;
  }
  ProtobufField field() {
    ProtobufField field;
    const std::uint64_t tag = varint();
    field.number = static_cast<std::uint32_t>(tag / 8);
    field.type = static_cast<std::uint32_t>(tag % 8);
    if (field.number == 0) throw std::runtime_error("a field without a number");
    if (field.type == 0) {
      field.integer = varint();
    } else if (field.type == 1) {
      field.integer = fixed(8);
    } else if (field.type == 5) {
      field.integer = fixed(4);
    } else if (field.type == 2) {
      const std::uint64_t size = varint();
      if (size > bytes_.size() - at_) throw std::runtime_error("longer than the message");
      field.bytes = bytes_.substr(at_, static_cast<std::size_t>(size));
      at_ += static_cast<std::size_t>(size);
    } else {
      throw std::runtime_error("a wire type that nobody writes");
    }
    return field;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace telltale::test
