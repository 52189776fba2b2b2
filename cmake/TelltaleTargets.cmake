# telltale_library(NAME SOURCES… [LINK …]): the one target of a folder, telltale_NAME.
function(telltale_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE_LINK")
  add_library(telltale_${name} STATIC ${arg_SOURCES})
  target_link_libraries(telltale_${name} PUBLIC telltale_flags ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
endfunction()

# telltale_executable(NAME SOURCES… LINK …)
function(telltale_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE telltale_flags ${arg_LINK})
endfunction()

# telltale_product(NAME): an executable that is packaged.
function(telltale_product name)
  set_target_properties(${name} PROPERTIES TELLTALE_PRODUCT ON)
endfunction()

# All plugins that are installed.
add_custom_target(telltale_plugins)

# telltale_plugin(NAME SOURCES… LINK …): a shared library in the plugin directory that exports one symbol.
function(telltale_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY" "SOURCES;LINK")
  add_library(plugin_${name} MODULE ${arg_SOURCES})
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${TELLTALE_PLUGIN_DIR}")
    add_dependencies(telltale_plugins plugin_${name})
    install(TARGETS plugin_${name} LIBRARY DESTINATION lib/telltale/plugins)
    telltale_product(plugin_${name})
  endif()
  set_target_properties(plugin_${name} PROPERTIES PREFIX "" OUTPUT_NAME "${name}" LIBRARY_OUTPUT_DIRECTORY
                                                  "${arg_OUTPUT_DIRECTORY}")
  target_link_libraries(plugin_${name} PRIVATE telltale_flags ${arg_LINK})
  target_link_options(plugin_${name} PRIVATE "-Wl,--version-script=${CMAKE_SOURCE_DIR}/sdk/plugin.map")
  set_property(TARGET plugin_${name} APPEND PROPERTY LINK_DEPENDS "${CMAKE_SOURCE_DIR}/sdk/plugin.map")
endfunction()
