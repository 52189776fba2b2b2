// The layout as C++20 sees it.
#include "tests/abi/layout.h"
