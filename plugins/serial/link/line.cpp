#include "plugins/serial/link/line.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace telltale::serial {
namespace {

constexpr int kWriteTimeout = 1'000;  // ms

std::string words_of(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return path + " is not there: is the adapter plugged in? A name below /dev/serial/by-id stays the same";
    case EACCES:
    case EPERM:
      return path + " may not be opened: is the service's user in the group 'dialout'?";
    case EBUSY:
      return path + " is in use by another program";
    case ENOTTY:
      return path + " is no serial port";
    default:
      return path + " cannot be opened: " + std::strerror(error);
  }
}

sp_parity parity_of(Parity parity) {
  constexpr std::array kParities{SP_PARITY_NONE, SP_PARITY_EVEN, SP_PARITY_ODD, SP_PARITY_MARK, SP_PARITY_SPACE};
  return kParities.at(static_cast<std::size_t>(parity));
}

sp_flowcontrol flow_of(Flow flow) {
  constexpr std::array kFlows{SP_FLOWCONTROL_NONE, SP_FLOWCONTROL_RTSCTS, SP_FLOWCONTROL_XONXOFF, SP_FLOWCONTROL_DTRDSR};
  return kFlows.at(static_cast<std::size_t>(flow));
}

// What could not be set; empty: all was.
std::string set_port(sp_port* port, const LineSettings& settings) {
  const std::array<std::pair<sp_return, const char*>, 5> done{{
      {sp_set_baudrate(port, settings.baud), "the baud rate"},
      {sp_set_bits(port, settings.bits), "the data bits"},
      {sp_set_parity(port, parity_of(settings.parity)), "the parity"},
      {sp_set_stopbits(port, settings.stop_bits), "the stop bits"},
      {sp_set_flowcontrol(port, flow_of(settings.flow)), "the flow control"},
  }};
  for (const auto& [result, what] : done) {
    if (result != SP_OK) return what;
  }
  return {};
}

speed_t speed_of(int baud) {
  constexpr std::array<std::pair<int, speed_t>, 24> kSpeeds{
      {{300, B300},         {600, B600},         {1'200, B1200},       {1'800, B1800},       {2'400, B2400},
       {4'800, B4800},      {9'600, B9600},      {19'200, B19200},     {38'400, B38400},     {57'600, B57600},
       {115'200, B115200},  {230'400, B230400},  {460'800, B460800},   {500'000, B500000},   {576'000, B576000},
       {921'600, B921600},  {1'000'000, B1000000}, {1'152'000, B1152000}, {1'500'000, B1500000}, {2'000'000, B2000000},
       {2'500'000, B2500000}, {3'000'000, B3000000}, {3'500'000, B3500000}, {4'000'000, B4000000}}};
  for (const auto& [number, speed] : kSpeeds) {
    if (number == baud) return speed;
  }
  return B0;
}

std::string set_plain(int fd, const LineSettings& settings) {
  termios state{};
  if (::tcgetattr(fd, &state) != 0) return "anything";
  ::cfmakeraw(&state);
  const speed_t speed = speed_of(settings.baud);
  if (speed == B0 || ::cfsetspeed(&state, speed) != 0) return "the baud rate";
  constexpr std::array<tcflag_t, 4> kSizes{CS5, CS6, CS7, CS8};
  state.c_cflag &= ~static_cast<tcflag_t>(CSIZE | CSTOPB | PARENB | PARODD | CMSPAR | CRTSCTS);
  state.c_cflag |= kSizes.at(static_cast<std::size_t>(settings.bits - 5)) | CLOCAL | CREAD;
  if (settings.stop_bits == 2) state.c_cflag |= CSTOPB;
  if (settings.parity != Parity::kNone) state.c_cflag |= PARENB;
  if (settings.parity == Parity::kOdd || settings.parity == Parity::kMark) state.c_cflag |= PARODD;
  if (settings.parity == Parity::kMark || settings.parity == Parity::kSpace) state.c_cflag |= CMSPAR;
  if (settings.flow == Flow::kRtsCts) state.c_cflag |= CRTSCTS;
  if (settings.flow == Flow::kXonXoff) state.c_iflag |= IXON | IXOFF;
  if (settings.flow == Flow::kDtrDsr) return "the flow control";
  state.c_cc[VMIN] = 0;
  state.c_cc[VTIME] = 0;
  return ::tcsetattr(fd, TCSANOW, &state) == 0 ? std::string() : "the line";
}

std::string set_direction(int fd, const Rs485& wanted) {
  serial_rs485 state{};
  state.flags = SER_RS485_ENABLED | (wanted.rts_on_send ? SER_RS485_RTS_ON_SEND : SER_RS485_RTS_AFTER_SEND);
  if (wanted.hears_itself) state.flags |= SER_RS485_RX_DURING_TX;
  if (wanted.terminates) state.flags |= SER_RS485_TERMINATE_BUS;
  state.delay_rts_before_send = wanted.before_ms;
  state.delay_rts_after_send = wanted.after_ms;
  return ::ioctl(fd, TIOCSRS485, &state) == 0 ? std::string() : "RS-485 (its driver cannot)";
}

std::string set_signal(int fd, int signal, std::optional<bool> on, const char* what) {
  if (!on || ::ioctl(fd, *on ? TIOCMBIS : TIOCMBIC, &signal) == 0) return {};
  return what;
}

}  // namespace

Line::Line(Line&& other) noexcept : port_(std::exchange(other.port_, nullptr)), fd_(std::exchange(other.fd_, -1)) {}

Line& Line::operator=(Line&& other) noexcept {
  if (this == &other) return *this;
  close();
  port_ = std::exchange(other.port_, nullptr);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

Line::~Line() { close(); }

void Line::close() noexcept {
  if (port_ != nullptr) {
    sp_close(port_);
    sp_free_port(port_);
  } else if (fd_ >= 0) {
    ::close(fd_);
  }
  port_ = nullptr;
  fd_ = -1;
}

Line::Opened Line::open(const std::string& path, const LineSettings& settings) {
  sp_port* port = nullptr;
  std::string refused;
  Line line(nullptr, -1);
  if (sp_get_port_by_name(path.c_str(), &port) == SP_OK) {
    if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK) {
      const int error = sp_last_error_code();
      sp_free_port(port);
      return {std::nullopt, words_of(error, path)};
    }
    int fd = -1;
    sp_get_port_handle(port, &fd);
    line = Line(port, fd);
    refused = set_port(port, settings);
  } else {
    line.fd_ = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (line.fd_ < 0) return {std::nullopt, words_of(errno, path)};
    if (::isatty(line.fd_) == 0) return {std::nullopt, words_of(ENOTTY, path)};
    refused = set_plain(line.fd_, settings);
  }
  if (!refused.empty()) return {std::nullopt, path + ": its driver cannot set " + refused};
  ::ioctl(line.fd_, TIOCEXCL);  // another program would take half of the bytes; a port without it works
  if (settings.rs485) {
    refused = set_direction(line.fd_, *settings.rs485);
    if (!refused.empty()) return {std::nullopt, path + ": cannot set " + refused};
  }
  std::string problem = set_signal(line.fd_, TIOCM_DTR, settings.dtr, "DTR");
  if (problem.empty()) problem = set_signal(line.fd_, TIOCM_RTS, settings.rts, "RTS");
  if (!problem.empty()) problem = path + ": cannot set " + problem;
  ::tcflush(line.fd_, TCIOFLUSH);
  Opened opened;
  opened.line = std::move(line);
  opened.problem = std::move(problem);
  return opened;
}

std::optional<std::size_t> Line::read(std::span<char> into) const {
  const ssize_t size = ::read(fd_, into.data(), into.size());
  if (size > 0) return static_cast<std::size_t>(size);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return std::nullopt;
}

bool Line::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd_, bytes.data(), bytes.size());
    if (size > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return false;
    pollfd wait{fd_, POLLOUT, 0};
    if (::poll(&wait, 1, kWriteTimeout) <= 0 || (wait.revents & (POLLHUP | POLLERR)) != 0) return false;
  }
  return true;
}

void Line::flush_input() const { ::tcflush(fd_, TCIFLUSH); }

bool Line::is_there(const std::string& path) const {
  struct stat named {};
  struct stat held {};
  return ::stat(path.c_str(), &named) == 0 && ::fstat(fd_, &held) == 0 && named.st_rdev == held.st_rdev &&
         named.st_ino == held.st_ino;
}

}  // namespace telltale::serial
