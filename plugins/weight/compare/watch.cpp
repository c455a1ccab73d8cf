// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/watch.hpp"

#include <algorithm>
#include <mutex>

namespace pedigree::weight {

Watch watch_of(const Host& host, const Request& request) {
  struct Highest {
    std::mutex mutex;
    double fraction = 0;
  };
  Watch watch;
  watch.cancelled = [host] { return host.cancelled(); };
  watch.progress = [host, highest = std::make_shared<Highest>()](double fraction, std::string_view phase) {
    const std::lock_guard lock{highest->mutex};
    highest->fraction = std::max(highest->fraction, fraction);
    host.progress(highest->fraction, phase);
  };
  watch.threads = request.max_threads();
  watch.seed = request.seed();
  return watch;
}

}  // namespace pedigree::weight
