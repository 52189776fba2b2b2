#include "tests/unit/plugins/mqtt/broker.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace telltale::test {
namespace {

[[noreturn]] void fail(const char* operation) { throw std::system_error(errno, std::generic_category(), operation); }

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool accepts(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, std::string_view input) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int in = ::memfd_create("input", MFD_CLOEXEC);
  if (in < 0 || ::write(in, input.data(), input.size()) != static_cast<ssize_t>(input.size())) fail("memfd_create");
  ::lseek(in, 0, SEEK_SET);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(in, STDIN_FILENO);
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(in);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Child::~Child() {
  signal(SIGKILL);
  wait();
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int Child::wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  const pid_t ended = ::waitpid(std::exchange(pid_, -1), &status, 0);
  return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!bound) fail("bind");
  return ntohs(address.sin_port);
}

Broker::Broker(std::string extra) : port_(free_port()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "telltale-broker-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  directory_ = pattern;
  for (auto at = extra.find("DIR"); at != std::string::npos; at = extra.find("DIR"))
    extra.replace(at, 3, directory_.string());
  std::ofstream conf(directory_ / "mosquitto.conf");
  conf << "listener " << port_ << " 127.0.0.1\npersistence false\nlog_dest none\n";
  if (::geteuid() == 0) conf << "user root\n";
  conf << extra;
}

Broker::~Broker() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Broker::start() {
  process_ = Child({"/usr/sbin/mosquitto", "-c", (directory_ / "mosquitto.conf").string()});
  for (int i = 0; i < 2'000; ++i) {
    if (accepts(port_)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw std::runtime_error("mosquitto does not accept connections");
}

void Broker::kill() {
  process_.signal(SIGKILL);
  process_.wait();
}

void Broker::freeze() const { process_.signal(SIGSTOP); }
void Broker::thaw() const { process_.signal(SIGCONT); }

void Broker::publish(const std::string& topic, const std::string& payload, bool retained) const {
  std::vector<std::string> command{"mosquitto_pub", "-h", "127.0.0.1", "-p", std::to_string(port_), "-q", "1", "-t",
                                   topic,           "-s"};
  if (retained) command.emplace_back("-r");
  Child child(command, payload);
  if (child.wait() != 0) throw std::runtime_error("mosquitto_pub failed");
}

void Broker::publish_lines(const std::string& topic, const std::string& lines) const {
  if (line_publisher(topic, lines).wait() != 0) throw std::runtime_error("mosquitto_pub failed");
}

Child Broker::line_publisher(const std::string& topic, const std::string& lines) const {
  return Child({"mosquitto_pub", "-h", "127.0.0.1", "-p", std::to_string(port_), "-q", "1", "-t", topic, "-l"}, lines);
}

}  // namespace telltale::test
