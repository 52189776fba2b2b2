/* The layout as C11 sees it. */
#include "tests/abi/layout.h"
