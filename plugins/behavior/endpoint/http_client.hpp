// SPDX-License-Identifier: MIT
// One HTTP POST with every limit that a server which delays, drops, lies or floods calls for.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace pedigree::behavior {

struct HttpRequest {
  std::string url;      ///< http:// or https:// only; redirects are not followed
  std::string body;     ///< JSON
  std::string api_key;  ///< sent as a bearer token; never part of any error text
  double connect_seconds = 10, total_seconds = 120;
  std::size_t body_cap = std::size_t{4} << 20;  ///< larger answers are an error
};

struct HttpAnswer {
  bool transported = false;  ///< a whole HTTP answer arrived
  long status = 0;           ///< 200, 429, ...
  std::string body;
  double retry_after = -1;  ///< seconds named by the server, -1 when it names none
  std::string problem;      ///< why not transported
};

/// Blocking; thread-safe (one curl handle a call). `cancelled` is polled and ends the call.
HttpAnswer post(const HttpRequest& request, const std::atomic<bool>& cancelled);

}  // namespace pedigree::behavior
