// The beginning of a plugin of somebody's own: a copy of sdk/template in which `my_plugin` and `MyPlugin` are the new
// name. Any thread; touches only the directory it makes.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/error.h"

namespace telltale::cli {

// Where the template lies: ../share/telltale/template from this program, which holds for an installed prefix and for a
// build tree, else below /usr/local and /usr. ErrorCode::kNotFound says where it was looked for.
[[nodiscard]] core::Result<std::string> find_template();

// Makes `parent`/`name` from the template, `parent` too when it is missing, and answers its path. All or nothing.
// ErrorCode::kInvalid: no name that a plugin can have; kConflict: the directory exists and is not empty; kIo.
[[nodiscard]] core::Result<std::string> make_scaffold(std::string_view name, const std::string& parent,
                                                      const std::string& template_directory);

// The class for a plugin's name: `dew-point_2` is DewPoint2.
[[nodiscard]] std::string class_name(std::string_view plugin_name);

}  // namespace telltale::cli
