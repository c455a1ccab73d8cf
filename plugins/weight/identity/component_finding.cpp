// SPDX-License-Identifier: MIT
#include "plugins/weight/identity/component_finding.hpp"

#include <algorithm>
#include <optional>

#include "pedigree/io/digest.hpp"

#include "plugins/weight/parallel.hpp"
#include "plugins/weight/statistics/log_probability.hpp"

namespace pedigree::weight {
namespace {

constexpr double kPassShare = 0.9;         // of the progress bar; the rest is tests and digests
constexpr double kWorthTesting = 0.005;    // equal share from which pieces are looked at
constexpr double kTensorStandsAlone = -6;  // log10 p of one tensor, before correction, to count as inherited

bool is_matrix(const io::TensorInfo& tensor, const io::TensorRole& role) {
  return tensor.shape.size() >= 2 && role.part == io::Part::kWeight;
}

class Builder {
 public:
  Builder(const ModelTensors& subject, const ModelTensors& reference, unsigned threads, std::uint64_t seed)
      : subject_(subject), reference_(reference), threads_(threads), seed_(seed) {}

  Comparison run(const ComparisonWatch& watch) {
    out_.pairing = pair_tensors(subject_, reference_);
    out_.pass =
        stream_pairs(subject_, reference_, out_.pairing.pairs, threads_, [&](std::uint64_t done, std::uint64_t all) {
          const auto whole = static_cast<double>(std::max<std::uint64_t>(all, 1));
          return watch(kPassShare * static_cast<double>(done) / whole, done, all);
        });
    count_tensors();
    measure_layers();
    if (!out_.pass.cancelled) {
      test_pieces();
      find_equal_tensors(watch);
      for (auto& [component, finding] : findings_)
        finding.gains = test_gains(subject_, reference_, out_.pairing.pairs, component, seed_);
    }
    for (auto& [component, finding] : findings_) out_.components.push_back(std::move(finding));
    return std::move(out_);
  }

 private:
  const std::vector<TensorPair>& pairs() const { return out_.pairing.pairs; }
  std::size_t finished() const { return std::min(out_.pass.finished, pairs().size()); }
  bool usable(std::size_t k) const { return k < finished() && out_.pass.failed[k].empty(); }
  ComponentFinding& finding(io::Component component) {
    auto& f = findings_[component];
    f.component = component;
    return f;
  }

  void count_tensors() {
    for (std::size_t i = 0; i < subject_.tensors().size(); ++i) {
      const auto& tensor = subject_.tensors()[i];
      if (!is_learned(tensor, subject_.role(i))) continue;
      auto& f = finding(subject_.role(i).component);
      ++f.tensors;
      if (tensor.bytes >= kLeastBytes) f.bytes += tensor.bytes;
    }
  }

  void measure_layers() {
    std::map<std::pair<io::Component, std::pair<int, io::Role>>, PairSums> layers;
    for (std::size_t k = 0; k < finished(); ++k) {
      if (!usable(k)) continue;
      const auto i = pairs()[k].subject;
      const auto& role = subject_.role(i);
      const auto& sums = out_.pass.sums[k];
      auto& f = finding(role.component);
      f.not_finite += sums.not_finite;
      if (!is_matrix(subject_.tensors()[i], role) || sums.pairs == 0) continue;
      layers[{role.component, {role.layer, role.role}}] += sums;
      ++f.matrices;
      f.total += sums;
      f.mean_cosine += sums.cosine();
      f.mean_centred += sums.pearson();
      f.mean_relative_l2 += sums.relative_l2();
    }
    for (const auto& [key, sums] : layers)
      finding(key.first).layers.push_back({key.second.first, key.second.second, sums});
    for (auto& [component, f] : findings_) {
      if (f.matrices == 0) continue;
      const auto n = static_cast<double>(f.matrices);
      f.mean_cosine /= n;
      f.mean_centred /= n;
      f.mean_relative_l2 /= n;
    }
  }

  /// The piece test on every matrix that has more equal bits than nothing; the others count as p = 1.
  void test_pieces() {
    std::vector<std::optional<PieceTest>> tests(pairs().size());
    parallel_for(pairs().size(), threads_, [&](std::size_t k) {
      if (usable(k) && out_.pass.sums[k].equal_fraction() >= kWorthTesting)
        tests[k] = identical_pieces(subject_, reference_, pairs()[k]);
    });
    for (std::size_t k = 0; k < pairs().size(); ++k) {
      const auto& role = subject_.role(pairs()[k].subject);
      auto& f = finding(role.component);
      f.tests += columns_are_exchangeable(role) ? 1u : 0u;
      if (!tests[k]) continue;
      const auto& tensor = subject_.tensors()[pairs()[k].subject];
      if (tests[k]->log10_p <= kTensorStandsAlone && f.bytes > 0)
        f.equal_bytes_share += static_cast<double>(tensor.bytes) / static_cast<double>(f.bytes);
      if (tests[k]->log10_p >= f.best.log10_p && !f.best_tensor.empty()) continue;
      f.best = *tests[k];
      f.best_tensor = tensor.name;
    }
    for (auto& [component, f] : findings_)
      f.log10_p = corrected_log10_p(f.best.log10_p, static_cast<double>(std::max<std::size_t>(f.tests, 1)));
  }

  void find_equal_tensors(const ComparisonWatch& watch) {
    std::vector<bool> skip(subject_.tensors().size(), false);
    for (std::size_t k = 0; k < pairs().size(); ++k) {
      const auto& pair = pairs()[k];
      const auto& sums = out_.pass.sums[k];
      const auto& a = subject_.tensors()[pair.subject];
      auto& f = finding(subject_.role(pair.subject).component);
      if (usable(k) && sums.equal != sums.total()) ++f.different;
      const bool stored = a.storage != io::Storage::kScaled;  // of scaled weights, equal values are not equal bytes
      const bool same = usable(k) && stored && pair.whole && a.dtype == reference_.tensors()[pair.reference].dtype &&
                        sums.equal == sums.total() && sums.total() == a.elements;
      if (!same || a.bytes < kLeastBytes) continue;
      if (!has_entropy(subject_, a)) {
        f.bytes -= std::min(f.bytes, a.bytes);  // equal, and it means nothing either way
        continue;
      }
      skip[pair.subject] = true;
      add_copy({pair, {}, true});
    }
    if (!watch(0.95, 0, 0)) return;
    for (auto& copy : find_copies(subject_, reference_, skip)) add_copy(std::move(copy));
  }

  void add_copy(Copy copy) {
    const auto& tensor = subject_.tensors()[copy.pair.subject];
    auto& f = finding(subject_.role(copy.pair.subject).component);
    ++f.identical;
    f.renamed += copy.pair.same_name ? 0u : 1u;
    f.moved += copy.same_place ? 0u : 1u;
    f.identical_bytes += tensor.bytes;
    if (copy.sha256.empty() && f.copies.size() < kListedCopies) {
      if (const auto digest = io::sha256_of_tensor(subject_.store, tensor)) copy.sha256 = io::hex(*digest);
    }
    if (!copy.same_place) test_moved(copy, f);
    if (f.copies.size() < kListedCopies) f.copies.push_back(std::move(copy));
  }

  /// A copy at another place was found by searching all pairs of tensors: its p pays for that.
  void test_moved(const Copy& copy, ComponentFinding& f) const {
    const auto test = identical_pieces(subject_, reference_, copy.pair);
    if (!test) return;
    const double searched =
        static_cast<double>(subject_.tensors().size()) * static_cast<double>(reference_.tensors().size());
    const double log10_p = corrected_log10_p(test->log10_p, searched);
    if (log10_p >= f.log10_p) return;
    f.log10_p = log10_p;
    f.best = *test;
    f.best_tensor = subject_.tensors()[copy.pair.subject].name;
  }

  const ModelTensors& subject_;
  const ModelTensors& reference_;
  unsigned threads_;
  std::uint64_t seed_;
  Comparison out_;
  std::map<io::Component, ComponentFinding> findings_;
};

}  // namespace

Comparison compare_models(const ModelTensors& subject, const ModelTensors& reference, unsigned threads,
                          std::uint64_t seed, const ComparisonWatch& watch) {
  return Builder{subject, reference, threads, seed}.run(watch);
}

}  // namespace pedigree::weight
