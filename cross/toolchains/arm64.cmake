# 64-bit ARM: Raspberry Pi 3 and later with a 64-bit system, most industrial gateways.
set(arch arm64)
set(triplet aarch64-linux-gnu)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
