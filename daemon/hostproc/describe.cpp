#include "daemon/hostproc/describe.h"

#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "daemon/core/fd.h"
#include "daemon/host/confine.h"
#include "daemon/host/json_codec.h"
#include "daemon/host/loader.h"

namespace telltale::hostproc {

namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Nothing beyond what every plugin may do; room for a large one.
host::Confinement confinement_of_a_look() {
  host::Confinement confinement;
  confinement.limits.memory *= 4;
  return confinement;
}

}  // namespace

int describe_plugin(const std::string& file) {
  const core::Fd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  std::string text;
  bool good = false;
  if (auto confined = host::confine(confinement_of_a_look(), file, false); !confined) {
    text = host::encode_error(confined.error());
  } else if (auto plugin = host::LoadedPlugin::load(file); !plugin) {
    text = host::encode_error(plugin.error());
  } else {
    text = host::encode_description(plugin->description());
    good = true;
  }
  return write_all(out.get(), text + "\n") && good ? 0 : 1;
}

}  // namespace telltale::hostproc
