#include "sdk/validator/stage.h"

#include <new>
#include <stdexcept>

#include <sys/mman.h>

namespace telltale::validator {

SharedStage::SharedStage() : stage_(nullptr) {
  void* const page = ::mmap(nullptr, sizeof(Stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::runtime_error("no memory is left to share with a case's process");
  stage_ = new (page) Stage{};
}

SharedStage::~SharedStage() { ::munmap(stage_, sizeof(Stage)); }

}  // namespace telltale::validator
