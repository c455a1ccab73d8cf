// SPDX-License-Identifier: MIT
// A complete analyzer: how many lines of the subject's configuration stand in a reference's configuration too.
#include <pedigree/analyzer.hpp>

#include <set>
#include <string>
#include <string_view>

namespace {

std::set<std::string_view> lines_of(std::string_view text, std::size_t shortest) {
  std::set<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.size() >= shortest) lines.insert(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

class MyAnalyzer final : public pedigree::Analyzer {
 public:
  static pedigree::Descriptor describe() {
    return {.id = "my-analyzer.same-lines",
            .summary = "Counts the lines that two configurations share.",
            .kind = PEDIGREE_KIND_ARCHITECTURE,
            .flags = PEDIGREE_FLAG_DETERMINISTIC | PEDIGREE_FLAG_NEEDS_REFERENCE,
            .signals = {{"my-analyzer.shared-lines", "fraction", "Lines of the subject that the reference has.", 0, 1}},
            .roles = {"config"},
            .options = {{"shortest", std::int64_t{4}, "Shorter lines are left out (bytes).", 0, 1000}}};
  }

  explicit MyAnalyzer(const pedigree::Options& options)
      : shortest_(static_cast<std::size_t>(options.integer("shortest"))) {}

  pedigree_status run(const pedigree::Host& host, const pedigree::Request& request) override {
    const auto own = config_of(request, request.subject().id);
    if (own.empty()) {
      host.set_error("the subject has no configuration");
      return PEDIGREE_NOT_APPLICABLE;
    }
    bool compared = false;
    const auto references = request.references();
    for (std::size_t i = 0; i < references.size(); ++i) {
      if (host.cancelled()) return PEDIGREE_CANCELLED;
      host.progress(static_cast<double>(i) / static_cast<double>(references.size()), references[i].id);
      const auto other = config_of(request, references[i].id);
      if (other.empty()) continue;
      host.emit(compare(own, other, references[i].id));
      compared = true;
    }
    if (compared) return PEDIGREE_OK;
    host.set_error("no reference has a configuration");
    return PEDIGREE_NOT_APPLICABLE;
  }

 private:
  using Lines = std::set<std::string_view>;

  Lines config_of(const pedigree::Request& request, std::string_view model) const {
    for (const auto& artifact : request.artifacts_of(model))
      if (artifact.role == "config") return lines_of(artifact.bytes, shortest_);
    return {};
  }

  static pedigree::Evidence compare(const Lines& own, const Lines& other, std::string_view reference) {
    std::size_t common = 0;
    for (const auto line : own) common += other.count(line);
    pedigree::Evidence evidence;
    evidence.signal = "my-analyzer.shared-lines";
    evidence.reference = reference;
    evidence.value = static_cast<double>(common) / static_cast<double>(own.size());
    // Nobody has measured how often unrelated models reach this value. Until someone has, it is shown and weighs nothing.
    evidence.log10_lr = 0;
    evidence.relation = pedigree::relation::kNone;
    evidence.summary_key = "same-lines";
    evidence.params_json = R"({"share":)" + std::to_string(evidence.value) + R"(,"common":)" + std::to_string(common) +
                           R"(,"total":)" + std::to_string(own.size()) + "}";
    return evidence;
  }

  std::size_t shortest_;
};

}  // namespace

PEDIGREE_PLUGIN("org.example.my-analyzer", "0.1.0", "Example Labs", "MIT", MyAnalyzer)
