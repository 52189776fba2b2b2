// The JSON form of live messages, telltale.json.v1.
#include <array>

#include "daemon/net/json_writer.h"
#include "daemon/net/live_form.h"

namespace telltale::net {

namespace {

constexpr std::array<std::string_view, 5> kOpNames = {"hello", "series", "data", "gap", "error"};

FrameBody shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

class JsonRows final : public RowWriter {
 public:
  void add(std::uint32_t ref, const core::SeriesInfo& series, bool statistic, const RowValue& row) override {
    append_row(rows_, ref, series, statistic, row);
    rows_ += ',';
  }
  [[nodiscard]] std::size_t bytes() const override { return rows_.size(); }
  [[nodiscard]] bool empty() const override { return rows_.empty(); }
  void clear() override { rows_.clear(); }
  [[nodiscard]] FrameBody take(std::int64_t seq) override {
    std::string body;
    body.reserve(rows_.size() + 48);
    body += ",\"seq\":";
    append_integer(body, seq);
    body += ",\"rows\":[";
    body.append(rows_, 0, rows_.size() - 1);
    body += "]}";
    rows_.clear();
    return shared(std::move(body));
  }

 private:
  std::string rows_;  // each with a comma behind it
};

class JsonEncoder final : public LiveEncoder {
 public:
  [[nodiscard]] std::string head(LiveOp op, std::string_view id) const override {
    std::string head = "{\"op\":\"";
    head += kOpNames.at(static_cast<std::size_t>(op));
    head += "\",\"id\":";
    append_json_text(head, id);
    return head;
  }

  [[nodiscard]] FrameBody series(std::span<const LiveItem> items) const override {
    std::string body = ",\"series\":";
    JsonWriter json(body);
    json.begin_array();
    for (const LiveItem& item : items) {
      json.begin_object().count("ref", item.ref);
      write_series(json, item.series, item.statistic);
      json.end_object();
    }
    json.end_array();
    body += '}';
    return shared(std::move(body));
  }

  [[nodiscard]] FrameBody gap(GapSpan span) const override {
    std::string body = ",\"from\":";
    append_integer(body, span.from);
    body += ",\"to\":";
    append_integer(body, span.to);
    body += '}';
    return shared(std::move(body));
  }

  [[nodiscard]] std::unique_ptr<RowWriter> rows() const override { return std::make_unique<JsonRows>(); }

  [[nodiscard]] std::string hello(const LiveHello& hello) const override {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .text("op", "hello")
        .text("version", hello.version)
        .text("boot", hello.boot)
        .integer("time", hello.time_ms)
        .end_object();
    return text;
  }

  [[nodiscard]] std::string error(const LiveProblem& problem) const override {
    std::string text;
    JsonWriter(text)
        .begin_object()
        .text("op", "error")
        .text("id", problem.id)
        .text("code", problem.code)
        .text("message", problem.message)
        .end_object();
    return text;
  }
};

}  // namespace

const LiveEncoder& json_encoder() {
  static const JsonEncoder kEncoder;
  return kEncoder;
}

const LiveEncoder& encoder_of(LiveForm form) { return form == LiveForm::kJson ? json_encoder() : binary_encoder(); }

}  // namespace telltale::net
