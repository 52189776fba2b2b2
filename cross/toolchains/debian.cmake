# Debian's cross compiler against a root of Debian's packages for another machine (cross/sysroot.py). What is run while
# building is this machine's; what is found and linked is the other's. Included with `arch` and `triplet` set.
set(CMAKE_SYSTEM_NAME Linux)
set(cross "${CMAKE_CURRENT_LIST_DIR}/../../build/cross/${arch}")
cmake_path(NORMAL_PATH cross)
if(NOT EXISTS "${cross}/sysroot/usr/lib/${triplet}")
  message(FATAL_ERROR "${cross}/sysroot is not there: ./dev cross ${arch} makes it")
endif()

set(CMAKE_SYSROOT "${cross}/sysroot")
set(CMAKE_C_COMPILER "${triplet}-gcc")
set(CMAKE_CXX_COMPILER "${triplet}-g++")
set(CMAKE_LIBRARY_ARCHITECTURE "${triplet}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_DIR} "")
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_SYSROOT}/usr/lib/${triplet}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${CMAKE_SYSROOT}")

# Notes that GCC before 7.1 (armhf) or 10.1 (arm64) called some functions otherwise: nothing here is of that age.
add_compile_options(-Wno-psabi)

# Tests run by qemu-user, which finds the other machine's libraries.
set(CMAKE_CROSSCOMPILING_EMULATOR "${cross}/run")
