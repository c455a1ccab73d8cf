// SPDX-License-Identifier: MIT
// A headless Chromium, spoken to through chromedriver (W3C WebDriver) on loopback.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.hpp"

namespace pedigree::browser_test {

/// How a page is looked at.
struct View {
  int width = 1200;
  bool dark = false, print = false;
};

class Browser {
 public:
  /// Nothing when this machine has no Chromium or none that starts; `why_not` says which.
  static std::unique_ptr<Browser> start(std::string& why_not);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  /// Writes the page to a file and opens it as a reader opens an attachment.
  void open(const std::string& page, const View& view = {});
  /// The value of a script's `return`; dates back to the page that is open.
  nlohmann::json run(const std::string& script, const nlohmann::json& arguments = nlohmann::json::array());
  /// A command of the Chrome DevTools Protocol.
  nlohmann::json devtools(const std::string& command, const nlohmann::json& parameters = nlohmann::json::object());
  void click(const std::string& css);
  void type(const std::string& css, const std::string& text);

  /// What the console said since the page was opened: errors, warnings, violations of the policy.
  std::vector<std::string> console();
  /// Everything that was requested since the page was opened, the page itself left out.
  std::vector<std::string> requests();

 private:
  explicit Browser(const std::filesystem::path& folder) : folder_(folder) {}
  nlohmann::json call(const char* method, const std::string& path, const nlohmann::json& body = nullptr);
  std::string element(const std::string& css);

  std::filesystem::path folder_;
  std::unique_ptr<testing::TemporaryFolder> kept_;
  pid_t driver_ = -1;
  int port_ = 0;
  std::string session_;
};

}  // namespace pedigree::browser_test

/// Leaves a case out, and says so, on a machine without the browser.
#define PEDIGREE_NEEDS_BROWSER(name)                                                  \
  std::string name##_why_not;                                                         \
  const auto name##_started = pedigree::browser_test::Browser::start(name##_why_not); \
  if (!name##_started)                                                                \
    GTEST_SKIP() << "left out: needs a browser (Debian packages chromium "            \
                    "and chromium-driver): "                                          \
                 << name##_why_not;                                                   \
  auto& name = *name##_started
