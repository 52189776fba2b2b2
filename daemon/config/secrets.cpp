#include "daemon/config/secrets.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "daemon/config/prescan.h"
#include "daemon/config/read_file.h"
#include "daemon/config/yaml_reader.h"
#include "daemon/core/escape.h"
#include "daemon/core/fd.h"
#include "daemon/core/utf8.h"

namespace telltale::config {

namespace {

using core::ConfigNode;

constexpr std::string_view kOpening = "$ENV{";
// LoadCredential=telltale:DIRECTORY hands every file of it over with this before its name.
constexpr std::string_view kOfDirectory = "telltale_";
constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10U;

bool is_variable_name(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') && std::all_of(name.begin(), name.end(), word);
}

// It becomes a file name: no way out of the directory.
bool is_secret_name(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= 255 && name.front() != '.' && std::all_of(name.begin(), name.end(), word);
}

class Resolver {
 public:
  Resolver(const SecretSources& sources, core::Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  void resolve(ConfigNode& node) {
    if (node.type == ConfigNode::Type::kScalar) {
      if (node.secret) {
        replace_secret(node);
      } else if (node.scalar.find(kOpening) != std::string::npos) {
        replace_variables(node);
      }
    }
    for (ConfigNode& child : node.children) resolve(child);
  }

 private:
  void fail(const ConfigNode& node, std::string message) { diagnostics_.error(node.mark, std::move(message)); }

  void replace_variables(ConfigNode& node) {
    std::string out;
    std::string_view rest = node.scalar;
    for (auto at = rest.find(kOpening); at != std::string_view::npos; at = rest.find(kOpening)) {
      out.append(rest.substr(0, at));
      rest.remove_prefix(at + kOpening.size());
      const auto end = rest.find('}');
      const std::string name(rest.substr(0, end));
      if (end == std::string_view::npos || !is_variable_name(name)) {
        return fail(node, "$ENV{NAME} needs the name of an environment variable and a closing brace");
      }
      rest.remove_prefix(end + 1);
      const auto value = sources_.environment ? sources_.environment(name) : std::nullopt;
      if (!value) return fail(node, "the environment variable " + name + " is not set");
      if (!grow(node, value->size())) return;
      out.append(*value);
    }
    out.append(rest);
    node.scalar = std::move(out);
    node.secret = true;  // what comes from outside of the file is not shown
  }

  void replace_secret(ConfigNode& node) {
    const std::string name = node.scalar;
    if (!is_secret_name(name)) {
      return fail(node, "!secret needs a name of letters, digits, '_', '-' and '.'");
    }
    auto value = from_credentials(name, node);
    if (!value && !failed_) value = from_file(name, node);
    if (failed_) {
      failed_ = false;
      return;
    }
    if (!value)
      return fail(node, "no secret is called '" + name + "', neither among the systemd credentials nor in " +
                            (sources_.secrets_file.empty() ? "secrets.yaml" : sources_.secrets_file));
    if (!grow(node, value->size())) return;
    node.scalar = std::move(*value);
    node.quoted = false;
  }

  // The same secret may be used many times: the sum is bounded.
  bool grow(const ConfigNode& node, std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= kMaxScalarBytes) return true;
    fail(node, "the secrets and variables are larger than 4 MiB in all");
    return false;
  }

  std::optional<std::string> from_credentials(const std::string& name, const ConfigNode& node) {
    if (sources_.credentials_directory.empty()) return std::nullopt;
    auto text = read_file(sources_.credentials_directory + "/" + name, kMaxSecretBytes);
    if (!text && text.error().code == core::ErrorCode::kNotFound) {
      text = read_file(fmt::format("{}/{}{}", sources_.credentials_directory, kOfDirectory, name), kMaxSecretBytes);
    }
    if (!text) {
      if (text.error().code == core::ErrorCode::kNotFound) return std::nullopt;
      failed_ = true;
      fail(node, "the systemd credential: " + text.error().text());
      return std::nullopt;
    }
    if (!text->empty() && text->back() == '\n') text->pop_back();
    return std::move(*text);
  }

  std::optional<std::string> from_file(const std::string& name, const ConfigNode& node) {
    if (!file_read_) {
      file_read_ = true;
      file_error_ = read_secrets_file();
    }
    if (!file_error_.empty()) {
      failed_ = true;
      fail(node, file_error_);
      return std::nullopt;
    }
    const ConfigNode* const found = secrets_.find(name);
    if (found == nullptr || found->type != ConfigNode::Type::kScalar) return std::nullopt;
    return found->scalar;
  }

  // What is wrong with it; empty when nothing is, or there is none.
  std::string read_secrets_file() {
    if (sources_.secrets_file.empty()) return {};
    struct stat status {};
    if (::stat(sources_.secrets_file.c_str(), &status) != 0 && errno == ENOENT) return {};
    auto text = read_private_file(sources_.secrets_file, kMaxFileBytes);
    if (!text) return text.error().text();
    core::Diagnostics own;
    auto tree = read_yaml(*text, own);
    for (const core::Diagnostic& item : own.items()) {
      return sources_.secrets_file + ":" + std::to_string(item.mark.line) + ":" + std::to_string(item.mark.column) +
             ": " + item.message;
    }
    if (tree && tree->type == ConfigNode::Type::kNull) return {};
    if (!tree || tree->type != ConfigNode::Type::kMap)
      return sources_.secrets_file + " must be lines of `name: secret`";
    secrets_ = std::move(*tree);
    return {};
  }

  const SecretSources& sources_;
  core::Diagnostics& diagnostics_;
  ConfigNode secrets_;
  std::string file_error_;
  std::size_t bytes_ = 0;
  bool file_read_ = false;
  bool failed_ = false;  // a source could not be read: said already
};

}  // namespace

SecretSources SecretSources::of_process(const std::string& config_file) {
  SecretSources sources;
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  if (const char* const directory = std::getenv("CREDENTIALS_DIRECTORY")) sources.credentials_directory = directory;
  sources.secrets_file = std::filesystem::path(config_file).parent_path() / "secrets.yaml";
  return sources;
}

void resolve_secrets(ConfigNode& root, const SecretSources& sources, core::Diagnostics& diagnostics) {
  Resolver(sources, diagnostics).resolve(root);
}

}  // namespace telltale::config
