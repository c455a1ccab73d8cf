// SPDX-License-Identifier: MIT
// What the HTML form of a very large report costs: to write, and to open in a browser.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/report/forms/forms.hpp"
#include "tests/browser/browser.hpp"
#include "tests/unit/report/picture_report.hpp"

namespace {
using nlohmann::json;

constexpr int kRounds = 5;
constexpr std::size_t kReferences = 500, kRows = 100'000;

/// As large as issue 6 asks: every row has a sentence, numbers and small details of its own.
json large_report() {
  auto report = pedigree::report::testing::pictured_report();
  const auto reference = report["references"][0], piece = report["evidence"].back();
  for (std::size_t i = 0; i < kReferences; ++i) {
    report["references"].push_back(reference);
    report["references"].back()["id"] = "org/model-" + std::to_string(i);
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    report["evidence"].push_back(piece);
    auto& row = report["evidence"].back();
    row["reference"] = "org/model-" + std::to_string(i % kReferences);
    row["params"]["reference"] = row["reference"];
    row["params"]["share"] = static_cast<double>(i % 1000) / 1000;
    row["value"] = static_cast<double>(i) / 7;
    row["log10_lr"] = static_cast<double>(i % 13) - 6;
  }
  return report;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

json entry(const std::string& name, double value, const std::string& unit, const std::string& peer = {},
           double peer_value = 0) {
  json out{{"name", name}, {"value", value}, {"unit", unit}, {"compared_to", nullptr}, {"ratio", nullptr}};
  if (!peer.empty() && peer_value > 0) {
    out["compared_to"] = peer;
    out["ratio"] = value / peer_value;
  }
  return out;
}

/// From the start of the navigation to the first rows on the screen, by the browser's own clock.
double opened_after(pedigree::browser_test::Browser& browser, const std::string& page) {
  browser.open(page);
  return browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd").get<double>() / 1000;
}

/// A click on a column head, until the sorted rows are laid out.
double sorted_after(pedigree::browser_test::Browser& browser) {
  return browser
             .run(
                 "const t = performance.now(); document.querySelector('#evidence-table thead "
                 "button[data-column=\"5\"]')"
                 ".click(); document.querySelector('#evidence-table').getBoundingClientRect(); return "
                 "performance.now() - t;")
             .get<double>() /
         1000;
}

}  // namespace

int main() {
  using pedigree::report::to_html;
  const auto large = large_report(), small = pedigree::report::testing::pictured_report();
  std::vector<double> html, dumped, open_large, open_small, sorted;
  std::string page;
  for (int round = 0; round < kRounds; ++round) {
    html.push_back(seconds_of([&] { page = to_html(large, "en"); }));
    std::string text;
    dumped.push_back(seconds_of([&] { text = large.dump(); }));
  }
  auto list = json::array();
  list.push_back(entry("report of 500 references and 100,000 rows as JSON", median(dumped), "s"));
  list.push_back(entry("report of 500 references and 100,000 rows as HTML", median(html), "s",
                       "report of 500 references and 100,000 rows as JSON", median(dumped)));
  list.push_back(entry("size of that HTML", static_cast<double>(page.size()) / (1 << 20), "MiB"));
  std::string why_not;
  if (const auto browser = pedigree::browser_test::Browser::start(why_not); browser != nullptr) {
    const auto ordinary = to_html(small, "en");
    for (int round = 0; round < kRounds; ++round) {
      open_small.push_back(opened_after(*browser, ordinary));
      open_large.push_back(opened_after(*browser, page));
      sorted.push_back(sorted_after(*browser));
    }
    list.push_back(entry("opening an ordinary report in Chromium", median(open_small), "s"));
    list.push_back(entry("opening that large HTML in Chromium", median(open_large), "s",
                         "opening an ordinary report in Chromium", median(open_small)));
    list.push_back(entry("sorting its 100,000 rows in Chromium", median(sorted), "s"));
  } else {
    std::fprintf(stderr, "no browser: %s\n", why_not.c_str());
  }
  std::printf("%s\n", list.dump(1).c_str());
  return 0;
}
