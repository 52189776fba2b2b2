// Overwrites its ring in its fifth poll.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include <telltale/cpp/plugin.hpp>

// Every word of the header behind the constant ones.
static void scribble() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0;
    unsigned long offset = 0;
    if (line.find(".ring") == std::string::npos) continue;
    if (std::sscanf(line.c_str(), "%lx-%*x %*s %lx", &begin, &offset) != 2 || offset != 0) continue;
    std::memset(reinterpret_cast<char*>(begin) + 64, 0x5a, 512);
  }
}

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"scribbles_ring", "1.0.0", "Overwrites its ring in its fifth poll."};
  static constexpr telltale_option kOptions[] = {telltale::Option::boolean("unused", "Nothing.")};

  explicit Bad(telltale::Host host) : host_(host), count_(host.counter("scribbles_ring.count")) {}
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override {
    count_.publish(polls_++);
    if (polls_ >= 5) scribble();
  }

 private:
  telltale::Host host_;
  telltale::Series count_;
  double polls_ = 0;
};
TELLTALE_PLUGIN(Bad)
