#include "plugins/modbus/profile/profile.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <yaml-cpp/yaml.h>

#include <telltale/cpp/host.hpp>

#include "plugins/modbus/modbus_options.h"
#include "plugins/modbus/profile/yaml_options.h"

namespace telltale::modbus {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 256UL * 1024;
constexpr int kMaxAncestors = 8;

constexpr telltale_option kModelTable[] = {
    Option::integer("model", "Numbers of the models.").list().required(),
    Option::section("points", "What to read; addresses count from the model's first register.", kPointTable)
        .list()
        .required(),
};

constexpr telltale_option kProfileTable[] = {
    Option::text("title", "The device, for people.").required(),
    Option::text("source", "The document that says so.").required(),
    Option::text("notes", "What its users should know."),
    Option::text("extends", "A profile whose points it has as well."),
    Option::text("without", "Points of that profile that it does not have.").list(),
    Option::text("order", "Order of the bytes of its values.").by_default("big"),
    Option::integer("max_registers", "Registers that it gives at once.").range(1, 125),
    Option::integer("max_bits", "Coils or discrete inputs that it gives at once.").range(1, 2000),
    Option::integer("max_gap", "Registers that may be read for nothing.").range(0, 124),
    Option::section("points", "What to read.", kPointTable).list(),
    Option::integer("sunspec", "Where its list of SunSpec models may begin.").range(0, 65535).list(),
    Option::section("models", "SunSpec models.", kModelTable).list(),
};

bool is_name(std::string_view name) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '/' || c == '.';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '/' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), is_good);
}

std::string file_of(std::string_view name, const std::vector<std::string>& folders) {
  if (!is_name(name)) throw ConfigError("profile: '" + std::string(name) + "' is not a name like eastron/sdm120");
  for (const std::string& folder : folders) {
    std::string file = folder + "/" + std::string(name) + (name.ends_with(".yaml") ? "" : ".yaml");
    std::error_code failed;
    if (fs::is_regular_file(file, failed)) return file;
  }
  std::string known;
  for (const std::string& each : profile_names(folders)) known += (known.empty() ? "" : ", ") + each;
  throw ConfigError("profile: there is no '" + std::string(name) + "'; there are: " + (known.empty() ? "none" : known));
}

YAML::Node read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw ConfigError("profile: " + file + " cannot be read: may the input read it?");
  std::string text(kMaxBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMaxBytes) throw ConfigError("profile: " + file + " is larger than 256 KiB");
  try {
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    throw ConfigError("profile: " + file + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

std::string name_of(const YAML::Node& point) {
  const YAML::Node name = point.IsMap() ? point["name"] : YAML::Node(YAML::NodeType::Undefined);
  return name.IsDefined() && name.IsScalar() ? name.Scalar() : std::string();
}

bool is_among(const std::string& name, const YAML::Node& names) {
  if (!names.IsDefined() || names.IsNull()) return false;
  if (names.IsScalar()) return names.Scalar() == name;
  return std::any_of(names.begin(), names.end(), [&](const YAML::Node& each) { return each.Scalar() == name; });
}

// The parent's points, those of the same name replaced, those in `without` left out, then the child's own.
YAML::Node merged_points(const YAML::Node& parent, const YAML::Node& child) {
  YAML::Node points(YAML::NodeType::Sequence);
  std::vector<std::string> own;
  for (const YAML::Node& point : child["points"]) own.push_back(name_of(point));
  for (const YAML::Node& point : parent["points"]) {
    const std::string name = name_of(point);
    if (std::find(own.begin(), own.end(), name) == own.end() && !is_among(name, child["without"]))
      points.push_back(point);
  }
  for (const YAML::Node& point : child["points"]) points.push_back(point);
  return points;
}

YAML::Node load_with_ancestors(std::string_view name, const std::vector<std::string>& folders, int depth) {
  if (depth > kMaxAncestors) throw ConfigError("profile: '" + std::string(name) + "' extends itself");
  const std::string file = file_of(name, folders);
  YAML::Node node = read(file);
  if (!node.IsMap()) throw ConfigError("profile: " + file + " holds no keys with values");
  const YAML::Node& constant = node;
  if (!constant["extends"].IsDefined()) return node;
  const YAML::Node parent = load_with_ancestors(constant["extends"].Scalar(), folders, depth + 1);
  YAML::Node merged = YAML::Clone(parent);
  for (const auto& entry : node) merged[entry.first.Scalar()] = entry.second;
  if (constant["points"].IsDefined() || constant["without"].IsDefined())
    merged["points"] = merged_points(parent, constant);
  return merged;
}

}  // namespace

std::span<const telltale_option> profile_table() { return kProfileTable; }

Profile Profile::load(std::string_view name, const std::vector<std::string>& folders) {
  Profile profile;
  try {
    const YAML::Node node = load_with_ancestors(name, folders, 0);
    profile.tree_ = std::make_shared<YamlOptions>(kProfileTable, node, std::string(name) + ".yaml");
  } catch (const YAML::Exception& error) {
    throw ConfigError("profile: '" + std::string(name) + "': " + error.what());
  }
  return profile;
}

Options Profile::options() const { return tree_->options(); }

std::vector<std::string> profile_names(const std::vector<std::string>& folders) {
  std::vector<std::string> names;
  for (const std::string& folder : folders) {
    std::error_code failed;
    for (fs::recursive_directory_iterator each(folder, failed), end; !failed && each != end; each.increment(failed)) {
      if (each->path().extension() != ".yaml") continue;
      names.push_back(fs::path(each->path()).replace_extension().lexically_relative(folder).generic_string());
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace telltale::modbus
