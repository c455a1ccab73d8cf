// SPDX-License-Identifier: MIT
#include "framework/worker/environment.hpp"

#include <algorithm>
#include <cstdlib>

namespace pedigree::worker {
namespace {

void pass_on(const std::string& name, std::vector<std::string>& environment) {
  if (const char* value = std::getenv(name.c_str())) environment.push_back(name + "=" + value);
}

bool may_be_named(const std::string& name) { return name.ends_with("_API_KEY") || name.starts_with("PEDIGREE_"); }

}  // namespace

std::vector<std::string> worker_environment(const Job& job) {
  const std::string threads = std::to_string(std::max(1u, job.threads));
  std::vector<std::string> environment{"LANG=C.UTF-8", "TZ=UTC", "PATH=/usr/bin:/bin", "OMP_NUM_THREADS=" + threads,
                                       "OPENBLAS_NUM_THREADS=" + threads};
#ifdef PEDIGREE_SANITIZED
  environment.insert(environment.end(),
                     {"ASAN_OPTIONS=abort_on_error=1:detect_leaks=0", "UBSAN_OPTIONS=print_stacktrace=1"});
#endif
  if (job.analyzer == nullptr || !job.analyzer->network()) return environment;
  for (const char* name : {"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
                           "all_proxy", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"})
    pass_on(name, environment);
  if (!job.config.is_object()) return environment;
  for (const auto& [option, value] : job.config.items())
    if (option.ends_with("_env") && value.is_string() && may_be_named(value.get_ref<const std::string&>()))
      pass_on(value.get<std::string>(), environment);
  return environment;
}

}  // namespace pedigree::worker
