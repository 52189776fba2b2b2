#include "daemon/host/process_tree.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace telltale::host {

bool is_of_session(int target, int leader) {
  if (target == 0 || target == leader || target == -leader) return true;
  return target > 0 && ::getsid(target) == leader;
}

std::size_t count_tasks(int leader, std::size_t enough) {
  std::size_t tasks = 0;
  std::vector<int> waiting = {leader};
  while (!waiting.empty() && tasks < enough) {
    const int process = waiting.back();
    waiting.pop_back();
    std::error_code failed;
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(process) + "/task", failed);
    if (failed) continue;  // it has ended
    for (auto thread = threads; thread != std::filesystem::directory_iterator(); thread.increment(failed)) {
      if (failed || ++tasks >= enough) break;
      std::ifstream children(thread->path() / "children");
      for (int child = 0; children >> child;) waiting.push_back(child);
    }
  }
  return tasks;
}

}  // namespace telltale::host
