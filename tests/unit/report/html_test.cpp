// SPDX-License-Identifier: MIT
// The HTML page as text: complete, self-contained, and unharmed by whatever a model brings. tests/browser opens it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

#include "framework/core/digest.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/html/assets.hpp"
#include "framework/report/html/markup.hpp"
#include "framework/report/view.hpp"
#include "tests/unit/report/hostile_report.hpp"
#include "tests/unit/report/picture_report.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;
using testing::clean_report;
using testing::derived_report;
using testing::empty_report;
using testing::hostile;
using testing::owed_report;
using testing::partial_report;
using testing::pictured_report;
using testing::proven_report;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// The page without the texts of its style and scripts, which a browser does not read as markup.
std::string without_raw_text(std::string page) {
  for (const char* name : {"style", "script"}) {
    const std::string open = std::string{"<"} + name, close = std::string{"</"} + name + ">";
    for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
      const auto from = page.find('>', at) + 1, to = page.find(close, from);
      if (to == std::string::npos) return "an element " + open + " that does not end";
      page.erase(from, to - from);
    }
  }
  return page;
}

/// Element and attribute names of a page, each as "name" and "name@attribute".
std::set<std::string> markup_of(const std::string& page) {
  static const std::regex kTag{"<(/?)([^\\s/>]*)([^>]*)>"}, kAttribute{"([^\\s=\"/]+)(=\"[^\"]*\")?"};
  std::set<std::string> found;
  for (std::sregex_iterator tag{page.begin(), page.end(), kTag}, end; tag != end; ++tag) {
    const std::string name = (*tag)[2], rest = (*tag)[3];
    found.insert(name);
    for (std::sregex_iterator a{rest.begin(), rest.end(), kAttribute}; a != end; ++a)
      found.insert(name + "@" + (*a)[1].str());
  }
  return found;
}

TEST(Html, foreign_text_never_becomes_markup) {
  for (const auto& make : {pictured_report, derived_report, partial_report}) {
    const auto honest = without_raw_text(to_html(make("en"), "en")),
               attacked = without_raw_text(to_html(hostile(make("en")), "en"));
    // Nothing of the attack is an element or an attribute: a page of the same report with plain names has all of them.
    const auto allowed = markup_of(honest);
    for (const auto& name : markup_of(attacked)) EXPECT_TRUE(allowed.count(name) == 1) << name;
    EXPECT_EQ(count(attacked, "<script"), count(honest, "<script"));
    EXPECT_EQ(attacked.find('\x1b'), std::string::npos);
    EXPECT_EQ(attacked.find("\xe2\x80\xae"), std::string::npos) << "a direction mark survived";
  }
}

TEST(Html, foreign_text_never_leaves_the_data_of_a_table) {
  const auto page = to_html(hostile(pictured_report()), "en");
  const std::string open = "<script type=\"application/json\">";
  for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const auto from = at + open.size(), to = page.find("</script>", from);
    const auto data = page.substr(from, to - from);
    EXPECT_EQ(data.find('<'), std::string::npos);
    EXPECT_TRUE(json::accept(data));
  }
}

TEST(Html, is_one_file_that_fetches_nothing) {
  const auto page = to_html(pictured_report(), "en");
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* fetched : {"http://", "https://", " src=", "@import", "url(", "style=\"", "<link", "<base"})
    EXPECT_EQ(page.find(fetched), std::string::npos) << fetched;
  EXPECT_LT(page.size(), std::size_t{5} << 20);
}

TEST(Html, the_policy_names_the_digests_of_its_own_style_and_script) {
  const auto page = to_html(derived_report(), "en");
  for (const auto& text : {html::style_sheet(), html::script()}) {
    EXPECT_NE(page.find(text), std::string::npos);
    EXPECT_NE(page.find("'sha256-" + html::base64_of_hex(sha256_hex(std::string{text})) + "'"), std::string::npos);
  }
  // RFC 4648: the digest of nothing, known from everywhere.
  EXPECT_EQ(html::base64_of_hex(sha256_hex("")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(Html, every_label_language_and_report_is_rendered) {
  for (const auto& make :
       {clean_report, owed_report, derived_report, partial_report, proven_report, empty_report, pictured_report})
    for (const std::string lang : {"en", "ko"}) {
      const auto page = to_html(make(lang), lang);
      EXPECT_NE(page.find("<html lang=\"" + lang + "\""), std::string::npos);
      for (const char* key : {"html.", "step.", "{reference}", "{component}", "{model}"})
        EXPECT_EQ(page.find(key), std::string::npos) << key << " is shown instead of its words";
    }
}

TEST(Html, a_foreign_document_is_rendered_as_far_as_it_goes) {
  for (const auto& odd : {json::object(), json(nullptr), json::array({1, 2}), json{{"verdict", 7}, {"evidence", "x"}},
                          json{{"evidence", {1, nullptr, "x", json::object()}}, {"references", {7, json::array()}}}})
    EXPECT_NE(to_html(odd, "en").find("</html>"), std::string::npos);
}

TEST(Html, draws_every_picture_with_a_table_behind_it) {
  for (const std::string lang : {"en", "ko"}) {
    const auto page = to_html(pictured_report(lang), lang);
    const Language words{json::object(), lang};
    const std::string parent = "zai-org/GLM-4.5-Air";
    const auto decoder = json{{"reference", parent + " (" + words.term("component", "text_decoder") + ")"}};
    for (const auto& title :
         {words.say("html.inheritance", decoder), words.say("html.layers", decoder), words.say("html.norms", decoder),
          words.say("html.plane", decoder), words.say("html.venn", {{"reference", parent}}),
          words.say("html.ranks", {{"reference", parent}}), words.say("html.upset"), words.say("html.cutoff"),
          words.say("html.tree"), words.say("html.loss", {{"log", "train.log"}}), words.say("html.compute"),
          words.say("html.config", {{"component", "text_decoder"}}),
          words.say("html.waterfall", {{"component", "text_decoder"}})})
      EXPECT_EQ(count(page, "<figcaption><b>" + html::escape(title) + "</b>"), 1u) << title;
    std::size_t figures = 0;
    for (auto at = page.find("<figure"); at != std::string::npos; at = page.find("<figure", at + 1), ++figures) {
      const auto figure = page.substr(at, page.find("</figure>", at) - at);
      EXPECT_TRUE(figure.find("<table") != std::string::npos || figure.find("<pre") != std::string::npos) << figure;
    }
    EXPECT_GE(figures, 13u);
  }
}

TEST(Html, what_no_reference_was_compared_on_is_said_once) {
  auto report = pictured_report();
  ASSERT_GE(report["references"].size(), 2u);
  for (auto& r : report["references"]) r["not_compared"] = {{"weight", "no tensors at hand"}};
  auto page = without_raw_text(to_html(report, "en"));
  EXPECT_EQ(count(page, "no tensors at hand"), 1u);
  EXPECT_EQ(page.find(">Not compared</button>"), std::string::npos) << "an empty column";
  // One reference with another reason: every row says its own again.
  report["references"][0]["not_compared"]["weight"] = "its shard is missing";
  page = without_raw_text(to_html(report, "en"));
  EXPECT_EQ(count(page, "no tensors at hand"), report["references"].size() - 1);
  EXPECT_EQ(count(page, "its shard is missing"), 1u);
  EXPECT_NE(page.find(">Not compared</button>"), std::string::npos);
}

TEST(Html, equal_values_of_configurations_are_marked_by_sign_and_word) {
  const auto page = to_html(pictured_report(), "en");
  EXPECT_EQ(count(page, "<td class=\"same kept\""), 2u);  // hidden_size of two references
  EXPECT_EQ(count(page, "<span class=\"hidden\">equal: </span>4096"), 2u);
  EXPECT_EQ(count(page, "<span class=\"hidden\">different: </span>1000000"), 2u);
  EXPECT_EQ(page.find("<th scope=\"row\">q_lora_rank"), std::string::npos) << "neither model has that key";
}

TEST(Html, no_number_whatever_its_size_breaks_a_drawing) {
  auto report = pictured_report();
  const std::function<void(json&, double)> spoil = [&](json& value, double with) {
    if (value.is_number())
      value = with;
    else if (value.is_structured())
      for (auto& member : value) spoil(member, with);
  };
  for (const double with : {0.0, -1.0, 1e308, -1e308, 1e-320, 4e18}) {
    for (auto& e : report["evidence"]) spoil(e["details"], with);
    const auto page = without_raw_text(to_html(report, "en"));
    for (auto at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1)) {
      const auto drawing = page.substr(at, page.find("</svg>", at) - at);
      for (const char* broken : {"=\"nan", "=\"inf", "=\"-nan", "=\"-inf", "Mnan", " nan", "NaN"})
        EXPECT_EQ(drawing.find(broken), std::string::npos) << with << "\n" << drawing.substr(0, 400);
    }
  }
}

TEST(Html, evidence_names_the_picture_that_shows_it) {
  const auto page = to_html(pictured_report(), "en");
  std::smatch found;
  const std::regex place{"<figure id=\"picture-([0-9]+)\"[^>]*><figcaption><b>Inheritance map"};
  ASSERT_TRUE(std::regex_search(page, found, place));
  const auto from = page.find("<script type=\"application/json\">", page.find("id=\"evidence-table\"")) + 32;
  const auto data = json::parse(page.substr(from, page.find("</script>", from) - from));
  const auto text = [&](const json& row, std::size_t c) { return data["strings"][row[c].get<std::size_t>()]; };
  std::size_t signal = 0, link = 0;
  for (std::size_t c = 0; c < data["columns"].size(); ++c) {
    if (data["columns"][c]["label"] == "Signal") signal = c;
    if (data["columns"][c].contains("link")) link = c;
  }
  const auto row = std::find_if(data["rows"].begin(), data["rows"].end(),
                                [&](const json& r) { return text(r, signal) == "weight.lineage"; });
  ASSERT_TRUE(row != data["rows"].end());
  EXPECT_EQ(text(*row, link), found[1].str());
}

TEST(Html, the_strongest_evidence_comes_first) {
  const auto page = to_html(pictured_report(), "en");
  const auto table = page.substr(page.find("id=\"evidence-table\""));
  const auto body = table.substr(table.find("<tbody>"));
  // The exact test with a log10 likelihood ratio of 6 stands last in the report; all others are 0.
  EXPECT_LT(body.find("99.8% of the hidden units"), body.find("</tr>"));
}

/// A report with many references and rows, as a check against a whole catalog makes it.
json large_report(std::size_t references, std::size_t rows) {
  auto report = derived_report();
  const auto reference = report["references"][0], piece = report["evidence"][0];
  for (std::size_t i = 0; i < references; ++i) {
    report["references"].push_back(reference);
    report["references"].back()["id"] = "org/model-" + std::to_string(i);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    report["evidence"].push_back(piece);
    report["evidence"].back()["reference"] = "org/model-" + std::to_string(i % references);
    report["evidence"].back()["value"] = static_cast<double>(i);
  }
  return report;
}

TEST(Html, a_hundred_thousand_rows_are_data_and_a_hundred_are_elements) {
  const auto page = to_html(large_report(500, 100'000), "en");
  const auto section = page.substr(page.find("id=\"evidence-table\""));
  const auto table = section.substr(0, section.find("</table>"));
  EXPECT_EQ(count(table, "<tr>"), 101u);  // and the head
  const auto from = section.find("<script type=\"application/json\">") + 32;
  const auto data = json::parse(section.substr(from, section.find("</script>", from) - from));
  EXPECT_EQ(data["rows"].size(), 100'003u);  // the sample has three
  EXPECT_LT(data["strings"].size(), 2'000u) << "equal texts are kept once";
  EXPECT_LT(page.size(), std::size_t{16} << 20);
}

}  // namespace
}  // namespace pedigree::report
