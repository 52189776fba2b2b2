# 32-bit ARMv7 with hardware floating point: Raspberry Pi 2 and later with a 32-bit system, older gateways.
set(arch armhf)
set(triplet arm-linux-gnueabihf)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
include("${CMAKE_CURRENT_LIST_DIR}/debian.cmake")
# Debian 12's time_t has 32 bits here, which end in 2038. Ours has 64; no library is given a time_t or what has one in it.
add_compile_definitions(_FILE_OFFSET_BITS=64 _TIME_BITS=64)
