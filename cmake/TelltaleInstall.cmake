# What `cmake --install` puts where, and the build tree laid out the same way: everything finds everything relative to
# the program that runs, so a prefix can be moved, and the build tree is one.
#   bin/                      telltaled, telltale
#   lib/telltale/             telltale-plugin-host, telltale-messenger; plugins/*.so
#   include/telltale/         the SDK: the C ABI and its C++ wrapper
#   share/cmake/Telltale/     find_package(Telltale 1.0)
#   share/pkgconfig/          telltale.pc
#   share/telltale/           plugin.map; template/, what `telltale plugin new` copies
include(CMakePackageConfigHelpers)

# The SDK's version is the ABI's, not the program's: a plugin asks for the ABI.
set(sdk_include "${CMAKE_SOURCE_DIR}/sdk/include/telltale")
file(STRINGS "${sdk_include}/abi.h" abi_numbers REGEX "^#define TELLTALE_ABI_(MAJOR|MINOR) ")
list(TRANSFORM abi_numbers REPLACE "^#define TELLTALE_ABI_[A-Z]+ ([0-9]+)u.*$" "\\1")
list(JOIN abi_numbers "." TELLTALE_SDK_VERSION)
set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${sdk_include}/abi.h")

set(share "${CMAKE_BINARY_DIR}/share")
file(MAKE_DIRECTORY "${share}/telltale" "${CMAKE_BINARY_DIR}/include")
file(CREATE_LINK "${sdk_include}" "${CMAKE_BINARY_DIR}/include/telltale" SYMBOLIC)
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/sdk/template" "${share}/telltale/template" SYMBOLIC)
configure_file("${CMAKE_SOURCE_DIR}/sdk/plugin.map" "${share}/telltale/plugin.map" COPYONLY)
configure_file("${CMAKE_SOURCE_DIR}/sdk/cmake/TelltaleConfig.cmake" "${share}/cmake/Telltale/TelltaleConfig.cmake" COPYONLY)
configure_file("${CMAKE_SOURCE_DIR}/sdk/cmake/telltale.pc.in" "${share}/pkgconfig/telltale.pc" @ONLY)
write_basic_package_version_file("${share}/cmake/Telltale/TelltaleConfigVersion.cmake" VERSION "${TELLTALE_SDK_VERSION}"
                                 COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)

install(DIRECTORY "${sdk_include}" DESTINATION include)
install(DIRECTORY "${share}/cmake" "${share}/pkgconfig" DESTINATION share)
install(FILES "${share}/telltale/plugin.map" DESTINATION share/telltale)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/sdk/template" DESTINATION share/telltale)
