// SPDX-License-Identifier: MIT
#include "plugins/behavior/endpoint/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace pedigree::behavior {
namespace {

struct Receiver {
  HttpAnswer answer;
  std::size_t cap = 0;
  bool too_large = false;
};

std::size_t receive(char* data, std::size_t size, std::size_t count, void* into) {
  auto& receiver = *static_cast<Receiver*>(into);
  const std::size_t bytes = size * count;
  if (receiver.answer.body.size() + bytes > receiver.cap) {
    receiver.too_large = true;
    return 0;  // ends the transfer
  }
  receiver.answer.body.append(data, bytes);
  return bytes;
}

std::size_t header(char* data, std::size_t size, std::size_t count, void* into) {
  std::string line(data, size * count);
  std::transform(line.begin(), line.end(), line.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (line.starts_with("retry-after:")) {
    const double seconds = std::strtod(line.c_str() + 12, nullptr);
    if (seconds >= 0 && seconds < 86400) static_cast<Receiver*>(into)->answer.retry_after = seconds;
  }
  return size * count;
}

int progress(void* cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(cancelled) ? 1 : 0;
}

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

HttpAnswer post(const HttpRequest& request, const std::atomic<bool>& cancelled) {
  start_curl();
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), curl_easy_cleanup};
  Receiver receiver;
  receiver.cap = request.body_cap;
  if (!curl) {
    receiver.answer.problem = "libcurl could not be started";
    return receiver.answer;
  }
  curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
  if (!request.api_key.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + request.api_key).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{list, curl_slist_free_all};
  const auto set = [&](auto option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POSTFIELDS, request.body.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_seconds * 1000));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_seconds * 1000));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_WRITEFUNCTION, receive);
  set(CURLOPT_WRITEDATA, &receiver);
  set(CURLOPT_HEADERFUNCTION, header);
  set(CURLOPT_HEADERDATA, &receiver);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, progress);
  set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&cancelled));
  const CURLcode code = curl_easy_perform(curl.get());
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &receiver.answer.status);
  receiver.answer.transported = code == CURLE_OK;
  if (receiver.too_large)
    receiver.answer.problem = "the answer is larger than " + std::to_string(request.body_cap) + " bytes";
  else if (code != CURLE_OK)
    receiver.answer.problem = curl_easy_strerror(code);
  return std::move(receiver.answer);
}

}  // namespace pedigree::behavior
