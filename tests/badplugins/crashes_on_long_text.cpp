// Copies an option of any length into 64 bytes.
#include <sys/mman.h>

#include <telltale/cpp/plugin.hpp>

// A page of its own, and behind it one that nobody may write: without it, what goes past lands in what lies there.
constexpr std::size_t kPageBytes = 4'096;
static char* page() {
  static void* const kPage = ::mmap(nullptr, 2 * kPageBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ::mprotect(kPage, kPageBytes, PROT_READ | PROT_WRITE);
  return static_cast<char*>(kPage);
}

class Bad : public telltale::PollingInput {
 public:
  static constexpr telltale::PluginInfo kInfo{"crashes_on_long_text", "1.0.0",
                                              "Copies an option of any length into 64 bytes."};
  static constexpr telltale_option kOptions[] = {
      telltale::Option::text("label", "What is written on it.").by_default("x")};

  explicit Bad(telltale::Host host) : host_(host), value_(host.gauge("crashes_on_long_text.value")) {
    volatile char* to = page() + kPageBytes - 64;
    for (const char letter : host.options().text("label")) *to++ = letter;
  }
  [[nodiscard]] std::chrono::nanoseconds interval() const override { return std::chrono::milliseconds(5); }
  void poll() override { value_.publish(1); }

 private:
  telltale::Host host_;
  telltale::Series value_;
};
TELLTALE_PLUGIN(Bad)
