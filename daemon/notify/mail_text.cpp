#include "daemon/notify/mail_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "daemon/core/base64.h"
#include "daemon/core/utf8.h"

namespace telltale::notify {

namespace {

constexpr std::size_t kMostSubject = 200;  // bytes
// RFC 2047, 2: a line with an encoded word has at most 76 characters, of which 12 are `=?UTF-8?B?` and `?=`, and of the
// first one 9 `Subject: `.
constexpr std::size_t kWordBytes = 39;
constexpr std::size_t kLine = 76;  // RFC 2045, 6.8
constexpr std::string_view kNewLine = "\r\n";

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

// No longer than an encoded word, and whole characters.
std::string encoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view part = core::cut_utf8(text, kWordBytes);
    // What is no UTF-8 is cut to nothing: then byte by byte.
    const std::size_t size = part.empty() ? std::min<std::size_t>(1, text.size()) : part.size();
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", core::to_base64(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return out;
}

std::string subject_of(std::string_view subject) {
  std::string text(core::cut_utf8(subject, kMostSubject));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
  const bool plain = std::all_of(text.begin(), text.end(), is_plain);
  // `=?` would be read as an encoded word.
  if (plain && text.size() <= kLine - 9 && text.find("=?") == std::string::npos) return text;
  return encoded(text);
}

// RFC 5322, 3.3, of UTC: the same words in every locale.
std::string date_of(core::WallTime time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays.at(std::chrono::weekday(days).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace

std::string mail_text(const Mail& mail) {
  std::string out;
  const auto line = [&out](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}{}", name, value, kNewLine);
  };
  line("Date", date_of(mail.time));
  line("From", mail.from);
  line("To", fmt::format("{}", fmt::join(mail.to, ",\r\n ")));
  line("Subject", subject_of(mail.subject));
  const auto host = mail.from.substr(mail.from.find('@') + 1);
  line("Message-ID", fmt::format("<{:x}.{:016x}@{}>", mail.time.time_since_epoch().count(), mail.number, host));
  line("Auto-Submitted", "auto-generated");  // RFC 3834: nobody answers that they are on holiday
  line("MIME-Version", "1.0");
  line("Content-Type", "text/plain; charset=utf-8");
  line("Content-Transfer-Encoding", "base64");
  out += kNewLine;
  const std::string body = core::to_base64(mail.text + "\r\n");
  for (std::size_t i = 0; i < body.size(); i += kLine) out += body.substr(i, kLine).append(kNewLine);
  return out;
}

}  // namespace telltale::notify
