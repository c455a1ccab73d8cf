// SPDX-License-Identifier: MIT
// What a reader sees: nothing outside its place on a wide screen, a phone and in the dark; a name for everything.
#include <gtest/gtest.h>

#include "framework/report/forms/forms.hpp"
#include "tests/browser/browser.hpp"
#include "tests/unit/report/hostile_report.hpp"
#include "tests/unit/report/picture_report.hpp"

namespace pedigree::browser_test {
namespace {

using nlohmann::json;
using report::to_html;
using report::testing::pictured_report;

/// Every drawing: its title, its size on the screen, its shapes, and the texts that leave it or cross another text.
constexpr const char* kDrawings = R"JS(
return [...document.querySelectorAll('figure svg')].map(svg => {
  const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')].filter(t => t.textContent !== '');
  const boxes = texts.map(t => t.getBoundingClientRect());
  const outside = texts.filter((t, i) => boxes[i].left < frame.left - 2 || boxes[i].right > frame.right + 2 ||
    boxes[i].top < frame.top - 2 || boxes[i].bottom > frame.bottom + 2).map(t => t.textContent);
  const crossing = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const x = Math.min(boxes[i].right, boxes[j].right) - Math.max(boxes[i].left, boxes[j].left);
    const y = Math.min(boxes[i].bottom, boxes[j].bottom) - Math.max(boxes[i].top, boxes[j].top);
    if (x > 3 && y > 4) crossing.push(texts[i].textContent + ' / ' + texts[j].textContent);
  }
  const shapes = [...svg.querySelectorAll('rect, path, circle, line')].filter(s => { const b = s.getBBox(); return b.width > 0 || b.height > 0; });
  return {title: svg.getAttribute('aria-label'), width: frame.width, height: frame.height, shapes: shapes.length,
    outside: outside, crossing: crossing};
});)JS";

void expect_sound_drawings(Browser& browser, const std::string& where) {
  const auto drawings = browser.run(kDrawings);
  EXPECT_GE(drawings.size(), 14u) << where;
  for (const auto& d : drawings) {
    const auto about = where + ": " + d["title"].get<std::string>();
    EXPECT_GT(d["width"].get<double>(), 250) << about;
    EXPECT_GT(d["height"].get<double>(), 40) << about;
    EXPECT_GE(d["shapes"].get<int>(), 3) << about;
    EXPECT_FALSE(d["title"].get<std::string>().empty()) << where;
    EXPECT_EQ(d["outside"], json::array()) << about;
    EXPECT_EQ(d["crossing"], json::array()) << about;
  }
}

TEST(Layout, drawings_keep_their_texts_apart_and_inside_on_every_screen) {
  PEDIGREE_NEEDS_BROWSER(browser);
  for (const std::string lang : {"en", "ko"})
    for (const int width : {1200, 390}) {
      View view;
      view.width = width;
      browser.open(to_html(pictured_report(lang), lang), view);
      expect_sound_drawings(browser, lang + " " + std::to_string(width));
    }
}

TEST(Layout, long_names_are_cut_so_that_they_stay_inside_on_a_phone) {
  PEDIGREE_NEEDS_BROWSER(browser);
  auto text = pictured_report().dump();
  const std::string name = "zai-org/GLM-4.5-Air",
                    longer = "an-organisation-with-a-long-name/GLM-4.5-Air-in-a-long-edition";
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + longer.size()))
    text.replace(at, name.size(), longer);
  View view;
  view.width = 390;
  browser.open(to_html(json::parse(text), "en"), view);
  for (const auto& d : browser.run(kDrawings)) {
    EXPECT_EQ(d["outside"], json::array()) << d["title"];
    EXPECT_EQ(d["crossing"], json::array()) << d["title"];
  }
  // The keys of a configuration leave room for values beside them.
  EXPECT_LE(browser
                .run("return Math.max(...[...document.querySelectorAll('figure.wide th[scope=row]')].map(h => "
                     "h.getBoundingClientRect().width))")
                .get<double>(),
            150);
}

TEST(Layout, a_phone_never_scrolls_sideways) {
  PEDIGREE_NEEDS_BROWSER(browser);
  View view;
  view.width = 390;
  for (const auto& report : {pictured_report("ko"), report::testing::hostile(pictured_report("en")),
                             report::testing::partial_report("en")}) {
    browser.open(to_html(report, report["lang"]), view);
    browser.run(
        "document.querySelectorAll('details').forEach(d => d.open = true);"
        "document.querySelectorAll('button.open').forEach(b => b.click());");
    EXPECT_LE(browser.run("return document.documentElement.scrollWidth").get<int>(), 390);
  }
}

TEST(Layout, follows_the_readers_choice_of_light_and_dark) {
  PEDIGREE_NEEDS_BROWSER(browser);
  View view;
  const auto ground = "return getComputedStyle(document.body).backgroundColor";
  browser.open(to_html(pictured_report(), "en"), view);
  EXPECT_EQ(browser.run(ground), "rgb(255, 255, 255)");
  view.dark = true;
  browser.open(to_html(pictured_report(), "en"), view);
  EXPECT_EQ(browser.run(ground), "rgb(13, 17, 23)");
  // Axis names take the dark scheme's colour: a drawing that brought its own would be black on black.
  EXPECT_EQ(browser.run("return getComputedStyle(document.querySelector('figure svg text:not([class])')).fill"),
            "rgb(230, 237, 243)");
}

TEST(Layout, everything_has_a_name_for_those_who_cannot_see_it) {
  PEDIGREE_NEEDS_BROWSER(browser);
  browser.open(to_html(pictured_report(), "en"));
  const auto tree = browser.devtools("Accessibility.getFullAXTree");
  int images = 0, controls = 0;
  for (const auto& node : tree["nodes"]) {
    if (node.value("ignored", false) || !node.contains("role")) continue;
    const std::string role = node["role"].value("value", std::string{});
    const bool image = role == "image" || role == "img" || role == "graphics-document",
               control = role == "button" || role == "searchbox" || role == "combobox" || role == "link";
    if (!image && !control) continue;
    (image ? images : controls) += 1;
    EXPECT_FALSE(node.contains("name") ? node["name"].value("value", std::string{}).empty() : true) << node.dump();
  }
  EXPECT_GE(images, 14);
  EXPECT_GE(controls, 20);
  // Headings go down one level at a time.
  const auto levels = browser.run("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])");
  EXPECT_EQ(levels[0], 1);
  for (std::size_t i = 1; i < levels.size(); ++i)
    EXPECT_LE(levels[i].get<int>(), levels[i - 1].get<int>() + 1) << levels.dump();
  EXPECT_EQ(browser.run("return document.querySelectorAll('[id]').length === new Set([...document.querySelectorAll("
                        "'[id]')].map(e => e.id)).size"),
            true)
      << "an id is used twice";
}

}  // namespace
}  // namespace pedigree::browser_test
