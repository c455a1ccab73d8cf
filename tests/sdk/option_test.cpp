// SPDX-License-Identifier: MIT
#include "pedigree/option.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

using pedigree::ConfigError;
using pedigree::Options;
using pedigree::OptionSpec;
using ::testing::HasSubstr;

const std::vector<OptionSpec>& table() {
  static const std::vector<OptionSpec> specs{
      {"keep", true, "Keep ties."},
      {"samples", std::int64_t{100}, "Rows read (count).", 1, 1000},
      {"threshold", 0.9, "Cosine (fraction).", -1, 1},
      {"mode", std::string_view{"fast"}, "How \"deep\".", 0, 0, {"fast", "deep"}},
      {"label", std::string_view{""}, "Free text."},
  };
  return specs;
}

std::string refusal(std::string_view json) {
  try {
    const Options options{table(), json};
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Options, are_the_defaults_when_nothing_is_given) {
  for (const char* json : {"", "{}", " { } \n"}) {
    const Options options{table(), json};
    EXPECT_TRUE(options.boolean("keep"));
    EXPECT_EQ(options.integer("samples"), 100);
    EXPECT_EQ(options.number("threshold"), 0.9);
    EXPECT_EQ(options.text("mode"), "fast");
    EXPECT_EQ(options.text("label"), "");
  }
}

TEST(Options, take_the_given_values) {
  const Options options{table(), R"( {"keep":false, "samples" : 7, "threshold": -2.5e-1, "mode":"deep"} )"};
  EXPECT_FALSE(options.boolean("keep"));
  EXPECT_EQ(options.integer("samples"), 7);
  EXPECT_EQ(options.number("threshold"), -0.25);
  EXPECT_EQ(options.text("mode"), "deep");
}

TEST(Options, read_an_integer_where_a_number_is_expected_and_a_whole_number_where_an_integer_is) {
  const Options options{table(), R"({"threshold": 1, "samples": 5.0})"};
  EXPECT_EQ(options.number("threshold"), 1.0);
  EXPECT_EQ(options.integer("samples"), 5);
}

TEST(Options, undo_every_escape_of_json) {
  // U+D55C is ED 95 9C in UTF-8; U+1F600 is the pair D83D DE00 and F0 9F 98 80 in UTF-8.
  const Options options{table(), R"({"label":"\"\\\/\b\f\n\r\t\ud55c\uD83D\uDE00é"})"};
  EXPECT_EQ(options.text("label"), "\"\\/\b\f\n\r\t\xED\x95\x9C\xF0\x9F\x98\x80\xC3\xA9");
}

TEST(Options, refuse_an_unknown_name_and_say_which_are_known) {
  EXPECT_THAT(refusal(R"({"thresold":1})"), HasSubstr("unknown option 'thresold'"));
  EXPECT_THAT(refusal(R"({"thresold":1})"), HasSubstr("threshold"));
}

TEST(Options, refuse_a_wrong_type) {
  EXPECT_THAT(refusal(R"({"keep":1})"), HasSubstr("true or false"));
  EXPECT_THAT(refusal(R"({"keep":"yes"})"), HasSubstr("true or false"));
  EXPECT_THAT(refusal(R"({"samples":1.5})"), HasSubstr("whole number"));
  EXPECT_THAT(refusal(R"({"samples":"7"})"), HasSubstr("whole number"));
  EXPECT_THAT(refusal(R"({"samples":1e300})"), HasSubstr("whole number"));
  EXPECT_THAT(refusal(R"({"threshold":true})"), HasSubstr("a number"));
  EXPECT_THAT(refusal(R"({"mode":7})"), HasSubstr("a text"));
  EXPECT_THAT(refusal(R"({"mode":null})"), HasSubstr("'mode'"));
  EXPECT_THAT(refusal(R"({"mode":["fast"]})"), HasSubstr("'mode'"));
  EXPECT_THAT(refusal(R"({"mode":{"a":1}})"), HasSubstr("'mode'"));
}

TEST(Options, refuse_values_outside_range_and_choices) {
  EXPECT_THAT(refusal(R"({"samples":0})"), HasSubstr("1 to 1000"));
  EXPECT_THAT(refusal(R"({"samples":1001})"), HasSubstr("1 to 1000"));
  EXPECT_THAT(refusal(R"({"threshold":1.0000001})"), HasSubstr("-1 to 1"));
  EXPECT_THAT(refusal(R"({"mode":"slow"})"), HasSubstr("fast, deep"));
  EXPECT_EQ(refusal(R"({"samples":1000,"threshold":-1})"), "accepted");
}

TEST(Options, refuse_a_name_given_twice) {
  EXPECT_THAT(refusal(R"({"samples":2,"samples":2})"), HasSubstr("given twice"));
}

class MalformedOptions : public ::testing::TestWithParam<const char*> {};
TEST_P(MalformedOptions, are_refused) { EXPECT_NE(refusal(GetParam()), "accepted"); }
INSTANTIATE_TEST_SUITE_P(Json, MalformedOptions,
                         ::testing::Values("x", "[]", "null", "1", "{", "{}}", "{} x", "{,}", R"({"keep":true,})",
                                           R"({"keep" true})", R"({keep:true})", R"({"keep":tru})", R"({"keep":})",
                                           R"({"samples":01})", R"({"samples":+1})", R"({"samples":1.})",
                                           R"({"samples":.5})", R"({"threshold":1e})", R"({"threshold":NaN})",
                                           R"({"threshold":1e999})", R"({"label":"a)", R"({"label":"\x"})",
                                           R"({"label":"\u12"})", R"({"label":"\u+123"})", R"({"label":"\ud800"})",
                                           R"({"label":"\udc00"})", R"({"label":"\ud800\u0041"})", "{\"label\":\"\\",
                                           "{\"label\":\"\n\"}", "\xEF\xBB\xBF{}"));

TEST(Options, say_which_undeclared_option_an_analyzer_reads) {
  const Options options{table(), "{}"};
  EXPECT_THROW(options.number("undeclared"), std::logic_error);
}

TEST(OptionsSchema, is_json_with_type_default_and_limits_of_every_option) {
  const auto schema = nlohmann::json::parse(pedigree::options_schema(table()));
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["properties"].size(), table().size());
  EXPECT_EQ(schema["properties"]["keep"],
            (nlohmann::json{{"type", "boolean"}, {"default", true}, {"description", "Keep ties."}}));
  EXPECT_EQ(schema["properties"]["samples"]["minimum"], 1);
  EXPECT_EQ(schema["properties"]["samples"]["maximum"], 1000);
  EXPECT_EQ(schema["properties"]["threshold"]["default"], 0.9);
  EXPECT_EQ(schema["properties"]["mode"]["enum"], (nlohmann::json{"fast", "deep"}));
  EXPECT_EQ(schema["properties"]["mode"]["description"], "How \"deep\".");
}

TEST(OptionsSchema, of_no_options_is_an_empty_object_type) {
  const auto schema = nlohmann::json::parse(pedigree::options_schema({}));
  EXPECT_TRUE(schema["properties"].is_object());
  EXPECT_TRUE(schema["properties"].empty());
}

TEST(OptionsSchema, defaults_are_accepted_as_given_values) {
  const auto schema = nlohmann::json::parse(pedigree::options_schema(table()));
  nlohmann::json config = nlohmann::json::object();
  for (const auto& [name, property] : schema["properties"].items()) config[name] = property["default"];
  EXPECT_EQ(refusal(config.dump()), "accepted");
}

}  // namespace
