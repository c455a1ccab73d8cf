// SPDX-License-Identifier: MIT
// What a reader does with the page: opens it, filters, sorts, turns pages, opens details, prints.
#include <gtest/gtest.h>

#include <algorithm>

#include "framework/report/forms/forms.hpp"
#include "framework/report/view.hpp"
#include "tests/browser/browser.hpp"
#include "tests/unit/report/hostile_report.hpp"
#include "tests/unit/report/picture_report.hpp"

namespace pedigree::browser_test {
namespace {

using nlohmann::json;
using report::to_html;
using report::testing::hostile;
using report::testing::pictured_report;

/// A report with `rows` more pieces of evidence: values count up, every third speaks of "needle".
json long_report(int rows, const std::string& lang = "en") {
  auto report = pictured_report(lang);
  const auto piece = report["evidence"].back();
  for (int i = 0; i < rows; ++i) {
    auto row = piece;
    row["value"] = i;
    row["log10_lr"] = i % 2 == 0 ? -i : i;
    row["reference"] = i % 3 == 0 ? "org/needle-" + std::to_string(i) : "org/hay-" + std::to_string(i);
    row["details"] = {{"row", i}};
    report["evidence"].push_back(std::move(row));
  }
  return report;
}

constexpr const char* kRows =
    "return [...document.querySelectorAll('#evidence-table tbody tr:not(.more)')].map(r => [...r.cells].map(c => "
    "c.textContent));";

TEST(Page, opens_without_a_word_on_the_console_and_without_a_request) {
  PEDIGREE_NEEDS_BROWSER(browser);
  for (const std::string lang : {"en", "ko"}) {
    browser.open(to_html(pictured_report(lang), lang));
    EXPECT_EQ(browser.console(), std::vector<std::string>{});
    EXPECT_EQ(browser.requests(), std::vector<std::string>{});
    EXPECT_EQ(browser.run("return document.documentElement.lang"), lang);
    const report::Language words{json::object(), lang};
    EXPECT_EQ(browser.run("return document.querySelector('.verdict .label').textContent"),
              words.term("label", "derived"));
    EXPECT_EQ(browser.run("return document.querySelectorAll('section.paged.ready').length"), 2);
  }
}

TEST(Page, an_attack_in_every_text_does_nothing) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(hostile(long_report(5)), "en"));
  // Everything that can be opened is opened: what was data must stay data then too.
  browser.run(
      "document.querySelectorAll('details').forEach(d => d.open = true);"
      "document.querySelectorAll('button.open').forEach(b => b.click());");
  EXPECT_EQ(browser.run("return window.hacked === undefined"), true);
  EXPECT_EQ(browser.run("return document.querySelectorAll('img, iframe, main script:not([type]), [onload], [onerror], "
                        "a:not([href^=\"#\"])').length"),
            0);
  EXPECT_EQ(browser.console(), std::vector<std::string>{}) << "the policy had to stop something";
  EXPECT_EQ(browser.requests(), std::vector<std::string>{});
  EXPECT_GT(browser.run("return document.querySelectorAll('tr.more').length").get<int>(), 10);
}

TEST(Page, the_policy_stops_a_script_that_got_in) {
  // The second line of defence, tested alone: markup put into the page by hand.
  PEDIGREE_NEEDS_BROWSER(browser);
  auto page = to_html(pictured_report(), "en");
  page.insert(
      page.find("<main>"),
      "<script>window.hacked=1</script><img src=\"https://example.invalid/x.png\" onerror=\"window.hacked=2\">");
  browser.open(page);
  EXPECT_EQ(browser.run("return window.hacked === undefined"), true);
  // The script, the picture, and the handler that the missing picture would have called.
  const auto said = browser.console();
  EXPECT_GE(std::count_if(said.begin(), said.end(),
                          [](const auto& line) { return line.find("Content Security Policy") != std::string::npos; }),
            3);
}

TEST(Page, filters_by_words_and_by_choice) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(long_report(250), "en"));
  browser.type("#evidence-filter", "NEEDLE-1");
  // needle-i with i a multiple of 3 that begins with 1: 12 15 18, then 102 ... 198.
  int expected = 0;
  for (int i = 0; i < 250; i += 3) expected += std::to_string(i)[0] == '1' ? 1 : 0;
  const auto rows = browser.run(kRows);
  EXPECT_EQ(rows.size(), static_cast<std::size_t>(expected));
  for (const auto& row : rows) EXPECT_NE(row[3].get<std::string>().find("needle-1"), std::string::npos);
  EXPECT_EQ(browser.run("return document.querySelector('#evidence-table [role=status]').textContent"),
            std::to_string(expected) + " of 267 rows");
  browser.run(
      "const box = document.querySelector('#evidence-filter'); box.value = ''; box.dispatchEvent(new Event('input'));"
      "const s = [...document.querySelectorAll('#evidence-table select')].find(s => [...s.options].some(o => "
      "o.text === 'training log')); s.value = [...s.options].find(o => o.text === 'training log').value;"
      "s.dispatchEvent(new Event('change'));");
  const auto chosen = browser.run(kRows);
  EXPECT_EQ(chosen.size(), 4u);
  for (const auto& row : chosen) EXPECT_EQ(row[0], "training log");
}

TEST(Page, sorts_numbers_as_numbers_both_ways) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(long_report(250), "en"));
  const auto column = [&](int index) {
    std::vector<double> values;
    for (const auto& row : browser.run(kRows)) values.push_back(std::stod(row[index].get<std::string>()));
    return values;
  };
  browser.click("#evidence-table thead button[data-column=\"5\"]");
  auto values = column(5);
  ASSERT_EQ(values.size(), 100u);
  EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
  EXPECT_EQ(values.front(), -248);  // the largest even number below 250, negated
  EXPECT_EQ(browser.run("return document.querySelector('#evidence-table th[aria-sort]').getAttribute('aria-sort')"),
            "ascending");
  browser.click("#evidence-table thead button[data-column=\"5\"]");
  values = column(5);
  EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
  EXPECT_EQ(values.front(), 249);
}

TEST(Page, turns_pages) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(long_report(250), "en"));
  EXPECT_EQ(browser.run(kRows).size(), 100u);
  browser.click("#evidence-table .on");
  browser.click("#evidence-table .on");
  EXPECT_EQ(browser.run(kRows).size(), 67u);  // 17 pieces of the sample and 250
  EXPECT_EQ(browser.run("return document.querySelector('#evidence-table .on').disabled"), true);
  browser.click("#evidence-table .back");
  EXPECT_EQ(browser.run(kRows).size(), 100u);
}

TEST(Page, opens_details_from_the_keyboard_and_leads_to_the_picture) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(pictured_report(), "en"));
  // The first row is the exact test; the second has a picture.
  const std::string finding = "#evidence-table tbody tr:nth-child(2) button.open";
  browser.type(finding, "\xee\x80\x87");  // WebDriver's Enter
  EXPECT_EQ(browser.run("return document.querySelector('#evidence-table tr:nth-child(2) button.open').ariaExpanded"),
            "true");
  const auto opened =
      browser.run("return document.querySelector('#evidence-table tr.more').textContent").get<std::string>();
  EXPECT_NE(opened.find("weight.lineage"), std::string::npos);
  EXPECT_NE(opened.find("inheritance_map"), std::string::npos);
  browser.click("#evidence-table tr.more a");
  EXPECT_NE(browser.run("return document.querySelector(':target figcaption').textContent")
                .get<std::string>()
                .find("Inheritance map"),
            std::string::npos);
  browser.type(finding, "\xee\x80\x87");
  EXPECT_EQ(browser.run("return document.querySelectorAll('#evidence-table tr.more').length"), 0);
}

TEST(Page, prints_all_rows_and_light) {
  PEDIGREE_NEEDS_BROWSER(browser);
  View view;
  view.dark = true;
  view.print = true;
  browser.open(to_html(long_report(250), "en"), view);
  EXPECT_EQ(browser.run("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
  EXPECT_EQ(browser.run("return getComputedStyle(document.querySelector('nav')).display"), "none");
  browser.run(
      "window.printed = 0; window.addEventListener('beforeprint', () => window.printed = "
      "document.querySelectorAll('#evidence-table tbody tr').length)");
  const std::string pdf = browser.devtools("Page.printToPDF", {{"printBackground", true}})["data"];
  EXPECT_EQ(pdf.substr(0, 5), "JVBER");  // "%PDF" in base64
  EXPECT_EQ(browser.run("return window.printed"), 267);
  EXPECT_EQ(browser.run(kRows).size(), 100u) << "after printing the page is as it was";
}

TEST(Page, says_everything_without_script) {
  PEDIGREE_NEEDS_BROWSER(browser);
  auto page = to_html(pictured_report(), "en");  // as a mail reader shows it that takes scripts out
  page.erase(page.rfind("<script>"), page.rfind("</script>") - page.rfind("<script>"));
  browser.open(page);
  EXPECT_EQ(browser.run("return document.querySelectorAll('section.paged.ready').length"), 0);
  EXPECT_EQ(browser.run(kRows).size(), 17u);
  EXPECT_EQ(browser.run("return document.querySelectorAll('figure svg').length >= 14"), true);
}

}  // namespace
}  // namespace pedigree::browser_test
