// SPDX-License-Identifier: MIT
#include "tests/browser/browser.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace pedigree::browser_test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kStartSeconds = 30, kCallSeconds = 90, kAttempts = 3;

std::string program(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (::access(name, X_OK) == 0) return name;
  return {};
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(bytes, size * count);
  return size * count;
}

/// One line that chromedriver prints once it listens holds its port; 0 when it did not come in time.
int port_said_on(int pipe) {
  std::string said;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(kStartSeconds);
  while (std::chrono::steady_clock::now() < until) {
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, 200) <= 0) continue;
    std::array<char, 512> buffer{};
    const auto count = ::read(pipe, buffer.data(), buffer.size());
    if (count <= 0) return 0;
    said.append(buffer.data(), static_cast<std::size_t>(count));
    static const std::string kBefore = "started successfully on port ";
    const auto at = said.find(kBefore);
    if (at != std::string::npos && said.find('\n', at) != std::string::npos)
      return std::atoi(said.c_str() + at + kBefore.size());
  }
  return 0;
}

/// Starts chromedriver on a port of its own choice; it ends with this process, whatever happens.
pid_t spawn_driver(const std::string& path, const fs::path& home, int& port) {
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setenv("HOME", home.c_str(), 1);
    const int quiet = ::open("/dev/null", O_RDWR);
    ::dup2(quiet, 0);
    ::dup2(out[1], 1);
    ::dup2(quiet, 2);
    ::execl(path.c_str(), path.c_str(), "--port=0", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(out[1]);
  port = child > 0 ? port_said_on(out[0]) : 0;
  // The pipe stays open: a driver that may not print would end.
  return child;
}

json capabilities(const std::string& chromium, const fs::path& folder) {
  // No connection of its own and no trace outside the folder. As root, and where user namespaces are
  // forbidden, Chromium runs without its inner sandbox only; it opens nothing but our own pages here.
  json arguments{"--headless",
                 "--no-sandbox",
                 "--disable-gpu",
                 "--disable-quic",
                 "--no-first-run",
                 "--disable-background-networking",
                 "--disable-component-update",
                 "--disable-sync",
                 "--disable-dev-shm-usage",
                 "--hide-scrollbars",
                 "--force-device-scale-factor=1",
                 "--user-data-dir=" + (folder / "profile").string()};
  return {{"capabilities",
           {{"alwaysMatch",
             {{"browserName", "chrome"},
              {"goog:loggingPrefs", {{"browser", "ALL"}, {"performance", "ALL"}}},
              {"goog:chromeOptions", {{"binary", chromium}, {"args", arguments}}}}}}}};
}

}  // namespace

std::unique_ptr<Browser> Browser::start(std::string& why_not) {
  const auto chromium = program({"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"});
  const auto driver = program({"/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"});
  if (chromium.empty() || driver.empty()) {
    why_not = chromium.empty() ? "no chromium in /usr/bin" : "no chromedriver in /usr/bin";
    return nullptr;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto folder = std::make_unique<testing::TemporaryFolder>();
    std::unique_ptr<Browser> browser{new Browser{folder->path()}};
    browser->kept_ = std::move(folder);
    browser->driver_ = spawn_driver(driver, browser->folder_, browser->port_);
    if (browser->port_ == 0) {
      why_not = "chromedriver did not start";
      continue;
    }
    try {
      browser->session_ = browser->call("POST", "/session", capabilities(chromium, browser->folder_))
                              .at("sessionId")
                              .get<std::string>();
      return browser;
    } catch (const std::exception& error) {
      why_not = error.what();
    }
  }
  return nullptr;
}

Browser::~Browser() {
  try {
    if (!session_.empty()) call("DELETE", "/session/" + session_);
  } catch (const std::exception&) {  // it is about to be killed
  }
  if (driver_ > 0) {
    ::kill(driver_, SIGTERM);
    for (int i = 0; i < 50 && ::waitpid(driver_, nullptr, WNOHANG) == 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::kill(driver_, SIGKILL);
    ::waitpid(driver_, nullptr, WNOHANG);
  }
}

json Browser::call(const char* method, const std::string& path, const json& body) {
  const std::unique_ptr<CURL, void (*)(CURL*)> handle{curl_easy_init(), curl_easy_cleanup};
  std::string answer;
  const auto url = "http://127.0.0.1:" + std::to_string(port_) + path,
             text = body.is_null() ? std::string{} : body.dump(-1, ' ', false, json::error_handler_t::replace);
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, static_cast<long>(kCallSeconds));
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers);
  if (!text.empty()) {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(text.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, text.c_str());
  }
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer);
  const auto code = curl_easy_perform(handle.get());
  curl_slist_free_all(headers);
  if (code != CURLE_OK) throw std::runtime_error("chromedriver " + path + ": " + curl_easy_strerror(code));
  const auto document = json::parse(answer, nullptr, false);
  if (!document.is_object() || !document.contains("value"))
    throw std::runtime_error("chromedriver " + path + ": " + answer.substr(0, 300));
  const auto& value = document["value"];
  if (value.is_object() && value.contains("error"))
    throw std::runtime_error("chromedriver " + path + ": " + value.value("message", std::string{}).substr(0, 400));
  return value;
}

json Browser::devtools(const std::string& command, const json& parameters) {
  return call("POST", "/session/" + session_ + "/goog/cdp/execute", {{"cmd", command}, {"params", parameters}});
}

json Browser::run(const std::string& script, const json& arguments) {
  return call("POST", "/session/" + session_ + "/execute/sync", {{"script", script}, {"args", arguments}});
}

void Browser::open(const std::string& page, const View& view) {
  const auto file = kept_->write("report.html", page);
  devtools("Emulation.setDeviceMetricsOverride",
           {{"width", view.width}, {"height", 900}, {"deviceScaleFactor", 1}, {"mobile", view.width < 600}});
  devtools("Emulation.setEmulatedMedia",
           {{"media", view.print ? "print" : "screen"},
            // Without a smooth scroll, so that what is clicked stands still.
            {"features", json::array({{{"name", "prefers-color-scheme"}, {"value", view.dark ? "dark" : "light"}},
                                      {{"name", "prefers-reduced-motion"}, {"value", "reduce"}}})}});
  call("POST", "/session/" + session_ + "/url", {{"url", "about:blank"}});
  console();
  requests();
  call("POST", "/session/" + session_ + "/url", {{"url", "file://" + file.string()}});
}

std::string Browser::element(const std::string& css) {
  const auto found = call("POST", "/session/" + session_ + "/element", {{"using", "css selector"}, {"value", css}});
  return found.begin().value().get<std::string>();
}

void Browser::click(const std::string& css) {
  call("POST", "/session/" + session_ + "/element/" + element(css) + "/click", json::object());
}

void Browser::type(const std::string& css, const std::string& text) {
  call("POST", "/session/" + session_ + "/element/" + element(css) + "/value", {{"text", text}});
}

std::vector<std::string> Browser::console() {
  std::vector<std::string> said;
  for (const auto& entry : call("POST", "/session/" + session_ + "/se/log", {{"type", "browser"}}))
    said.push_back(entry.value("level", std::string{}) + " " + entry.value("message", std::string{}));
  return said;
}

std::vector<std::string> Browser::requests() {
  std::vector<std::string> urls;
  for (const auto& entry : call("POST", "/session/" + session_ + "/se/log", {{"type", "performance"}})) {
    const auto message = json::parse(entry.value("message", std::string{}), nullptr, false);
    if (!message.is_object() || !message.contains("message")) continue;
    const auto& event = message["message"];
    if (event.value("method", std::string{}) != "Network.requestWillBeSent") continue;
    const std::string url = event.at("params").at("request").at("url");
    if (url.rfind("file://" + folder_.string() + "/report.html", 0) != 0) urls.push_back(url);
  }
  return urls;
}

}  // namespace pedigree::browser_test
