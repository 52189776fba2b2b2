#include "daemon/cli/option_text.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <telltale/options.h>
#include <telltale/plugin.h>

namespace telltale::cli {
namespace {

core::OptionSpec option(const char* name, std::uint32_t type, std::uint32_t flags = 0, const char* by_default = "") {
  core::OptionSpec spec;
  spec.name = name;
  spec.type = type;
  spec.flags = flags;
  spec.default_text = by_default;
  spec.help = std::string("Help of ") + name + ".";
  return spec;
}

core::PluginDescription plugin() {
  core::PluginDescription description;
  description.name = "thermo";
  description.version = "1.2.0";
  description.options = {option("every", TELLTALE_OPTION_DURATION, 0, "1s"),
                         option("count", TELLTALE_OPTION_INT, 0, "3"),
                         option("shape", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED),
                         option("names", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_LIST, "[a, b]"),
                         option("old", TELLTALE_OPTION_BOOL, TELLTALE_OPTION_DEPRECATED),
                         option("points", TELLTALE_OPTION_SECTION, TELLTALE_OPTION_LIST)};
  description.options[1].minimum = 1;
  description.options[1].maximum = 9;
  description.options[1].unit = "s";
  description.options[2].choices = {"sine", "ramp"};
  description.options[5].children = {option("name", TELLTALE_OPTION_TEXT, TELLTALE_OPTION_REQUIRED)};
  return description;
}

TEST(OptionSchema, SaysWhatTheOptionsMayBe) {
  const boost::json::value schema = option_schema(plugin());
  EXPECT_EQ("object", schema.at("type").as_string());
  EXPECT_FALSE(schema.at("additionalProperties").as_bool());
  EXPECT_EQ(boost::json::array{"shape"}, schema.at("required"));
  const boost::json::value& properties = schema.at("properties");
  EXPECT_EQ("1s", properties.at("every").at("default").as_string());
  EXPECT_EQ(3, properties.at("count").at("default").as_int64());
  EXPECT_EQ(9, properties.at("count").at("maximum").as_double());
  EXPECT_EQ("Help of count. [s] (1 to 9)", properties.at("count").at("description").as_string());
  EXPECT_EQ((boost::json::array{"sine", "ramp"}), properties.at("shape").at("enum"));
  EXPECT_EQ((boost::json::array{"a", "b"}), properties.at("names").at("default"));
  EXPECT_TRUE(properties.at("old").at("deprecated").as_bool());
  const boost::json::value& points = properties.at("points").at("anyOf").at(0);
  EXPECT_EQ("array", points.at("type").as_string());
  EXPECT_EQ(boost::json::array{"name"}, points.at("items").at("required"));
}

TEST(OptionTable, HasARowPerOptionAndNamesThoseOfSections) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  option_table(plugin().options).print(Output(stream, false));
  std::fclose(stream);
  const std::string shown(text, size);
  std::free(text);
  EXPECT_EQ(
      "every\tduration\t1s\t\tHelp of every.\n"
      "count\twhole number\t3\t1 to 9\tHelp of count. [s]\n"
      "shape\ttext\trequired\tsine, ramp\tHelp of shape.\n"
      "names\tlist of text\t[a, b]\t\tHelp of names.\n"
      "old\tyes or no\t\t\tDeprecated. Help of old.\n"
      "points\tlist of section\t\t\tHelp of points.\n"
      "points.name\ttext\trequired\t\tHelp of name.\n",
      shown);
}

TEST(OptionMarkdown, HasATableForEachSection) {
  core::PluginDescription described = plugin();
  described.summary = "Reads.";
  described.needs = TELLTALE_NEEDS_NETWORK;
  described.options[2].help = "a|b *c* `d`\ne";
  EXPECT_EQ(option_markdown(described),
            "Reads. Beyond its options it needs network.\n\n"
            "| option | type | default | allowed | |\n| --- | --- | --- | --- | --- |\n"
            "| `every` | duration | `1s` |  | Help of every. |\n"
            "| `count` | whole number | `3` | 1 to 9 | Help of count. [s] |\n"
            "| `shape` | text | required | sine, ramp | a\\|b \\*c\\* \\`d\\` e |\n"
            "| `names` | list of text | `[a, b]` |  | Help of names. |\n"
            "| `old` | yes or no |  |  | Deprecated. Help of old. |\n"
            "| `points` | list of section |  |  | Help of points. |\n"
            "\n`points`: Help of points.\n\n"
            "| option | type | default | allowed | |\n| --- | --- | --- | --- | --- |\n"
            "| `points.name` | text | required |  | Help of name. |\n");
  described.options.clear();
  described.needs = 0;
  EXPECT_EQ(option_markdown(described), "Reads. Beyond its options it needs nothing.\n\nIt has no options.\n");
}

}  // namespace
}  // namespace telltale::cli
