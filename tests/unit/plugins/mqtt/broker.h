// A real mosquitto on a free port of the loopback, in a directory of its own; and what publishes to it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace telltale::test {

// A child process; killed and waited for at the end.
class Child {
 public:
  Child() = default;
  // Throws when it cannot be started. `input` is what it reads from stdin.
  explicit Child(const std::vector<std::string>& command, std::string_view input = {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  void signal(int number) const;
  // Waits for its end; the exit code, or -1.
  int wait();

 private:
  pid_t pid_ = -1;
};

// A free port of the loopback: nobody else is likely to take it soon.
[[nodiscard]] int free_port();

class Broker {
 public:
  // Does not start it. `extra` are more lines of mosquitto.conf, in which DIR stands for the directory.
  explicit Broker(std::string extra = "allow_anonymous true\n");
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker();

  // Returns when it accepts connections.
  void start();
  void kill();
  // Stops and continues the process, as a machine that hangs.
  void freeze() const;
  void thaw() const;

  // With mosquitto_pub; returns when the broker has them (quality of service 1).
  void publish(const std::string& topic, const std::string& payload, bool retained = false) const;
  // Each line a message.
  void publish_lines(const std::string& topic, const std::string& lines) const;
  // The same, under way; tries for ever when the broker is gone.
  [[nodiscard]] Child line_publisher(const std::string& topic, const std::string& lines) const;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string where() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
  int port_;
  Child process_;
};

}  // namespace telltale::test
