# find_package(Telltale 1.0): what a plugin is built with. The version is the ABI's.
#
#   Telltale::plugin                   the headers, C++20, symbols hidden
#   telltale_add_plugin(NAME SOURCES…) the plugin NAME.so; an ordinary target that more can be said of
#   Telltale::tool                     `telltale`, where it is installed beside the SDK: for `telltale plugin validate`
#
# Everything is found relative to this file, <prefix>/share/cmake/Telltale: the prefix can be moved.
get_filename_component(Telltale_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." REALPATH)
set(Telltale_PLUGIN_MAP "${Telltale_PREFIX}/share/telltale/plugin.map")

if(NOT TARGET Telltale::plugin)
  add_library(Telltale::plugin INTERFACE IMPORTED)
  set_target_properties(
    Telltale::plugin PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${Telltale_PREFIX}/include"
                                INTERFACE_COMPILE_OPTIONS "-fvisibility=hidden;$<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>")
  get_property(telltale_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST telltale_languages)
    set_property(TARGET Telltale::plugin APPEND PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_20)
  endif()
  if("C" IN_LIST telltale_languages)
    set_property(TARGET Telltale::plugin APPEND PROPERTY INTERFACE_COMPILE_FEATURES c_std_11)
  endif()
  unset(telltale_languages)
endif()

if(NOT TARGET Telltale::tool AND EXISTS "${Telltale_PREFIX}/bin/telltale")
  add_executable(Telltale::tool IMPORTED)
  set_target_properties(Telltale::tool PROPERTIES IMPORTED_LOCATION "${Telltale_PREFIX}/bin/telltale")
endif()

# telltale_add_plugin(NAME SOURCES…): NAME.so that exports its entry and nothing else, and has all that it needs: what
# is missing shows when it is linked, not on the device. `cmake --install` puts it where the daemon looks.
function(telltale_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PRIVATE Telltale::plugin)
  target_link_options(${name} PRIVATE "-Wl,--version-script=${Telltale_PLUGIN_MAP}" -Wl,--no-undefined -Wl,-z,relro,-z,now)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${Telltale_PLUGIN_MAP}")
  install(TARGETS ${name} LIBRARY DESTINATION lib/telltale/plugins)
endfunction()
