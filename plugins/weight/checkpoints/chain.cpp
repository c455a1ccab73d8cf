// SPDX-License-Identifier: MIT
#include "plugins/weight/checkpoints/chain.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/weight/align/token_join.hpp"
#include "plugins/weight/model/folding.hpp"
#include "plugins/weight/statistics/log_probability.hpp"
#include "plugins/weight/statistics/untrained_tokens.hpp"

namespace pedigree::weight {
namespace {

constexpr std::uint64_t kUnits = 512, kBlocks = 64, kSeedRows = 256;
constexpr std::uint64_t kRun = 256;
constexpr double kNearer = 1.02;     // distances are sampled: two in a hundred is no step back
constexpr double kStraight = 0.999;  // interpolation gives 1 up to rounding
constexpr double kElement = 3.2, kSlack = 1.1;

struct BlockPair {
  const LayerView *la, *lb;
  const MlpView *ma, *mb;
};

std::vector<BlockPair> paired_blocks(const ComponentView& a, const ComponentView& b) {
  std::vector<BlockPair> pairs;
  for (const auto& la : a.layers) {
    const auto lb = std::find_if(b.layers.begin(), b.layers.end(), [&](const auto& l) { return l.index == la.index; });
    if (lb == b.layers.end() || lb->mlps.size() != la.mlps.size()) continue;
    for (std::size_t i = 0; i < la.mlps.size(); ++i) {
      const auto &ma = la.mlps[i], &mb = lb->mlps[i];
      if (ma.usable() && mb.usable() && ma.units() == mb.units() && ma.up.inputs == mb.up.inputs)
        pairs.push_back({&la, &*lb, &ma, &mb});
    }
  }
  return pairs;
}

double same_index_cosine(const UnitParts& a, const UnitParts& b) {
  double sum = 0, count = 0;
  const auto add = [&](const Matrix& x, const Matrix& y) {
    if (x.rows() != y.rows() || x.cols() != y.cols()) return;
    sum += static_cast<double>(x.cwiseProduct(y).sum());
    count += static_cast<double>(x.rows());
  };
  add(a.gate, b.gate);
  add(a.up, b.up);
  add(a.down, b.down);
  return count > 0 ? sum / count : 0;
}

void link_units(const ModelView& a, const ModelView& b, const Watch& watch, SeedLink& link) {
  double expected = 0, cosine = 0;
  std::size_t blocks = 0;
  for (const auto& component : a.components()) {
    const auto* other = b.find(component.component);
    if (other == nullptr) continue;
    const auto pairs = paired_blocks(component, *other);
    for (const auto pick : spread_indices(pairs.size(), kBlocks)) {
      watch.poll();
      const auto& pair = pairs[pick];
      const auto units = spread_indices(pair.ma->units(), kUnits);
      auto parts_a = load_units(a, component, *pair.la, *pair.ma, units);
      auto parts_b = load_units(b, *other, *pair.lb, *pair.mb, units);
      parts_a.prepare();
      parts_b.prepare();
      const auto match = match_units(parts_a, parts_b);
      expected += static_cast<double>(match.matched()) / static_cast<double>(units.size());
      link.units += units.size();
      link.fixed += match.fixed();
      cosine += same_index_cosine(parts_a, parts_b);
      ++blocks;
    }
  }
  link.comparable = blocks > 0;
  if (blocks == 0) return;
  link.cosine = cosine / static_cast<double>(blocks);
  link.log10_p = joint_fixed_point_log10_p(expected, link.fixed);
}

void link_seed_rows(const ModelView& a, const ModelView& b, SeedLink& link) {
  const auto *ca = a.find(io::Component::kTextDecoder), *cb = b.find(io::Component::kTextDecoder);
  if (ca == nullptr || cb == nullptr || !ca->embedding.present() || !cb->embedding.present()) return;
  if (ca->embedding.rows() != cb->embedding.rows() || a.tokenizer() == nullptr) return;
  const auto join = join_tokens(a.tokenizer(), ca->embedding.rows(), b.tokenizer(), cb->embedding.rows());
  std::vector<std::uint32_t> rows;
  for (const auto& token : sample_tokens(join.never_trained, kSeedRows)) rows.push_back(token.subject_row);
  if (rows.size() < 8) return;
  const auto seeds =
      compare_untrained(load_rows(a.store(), ca->embedding, rows), load_rows(b.store(), cb->embedding, rows), 1, 99);
  if (!seeds.valid) return;
  link.seed_rows = seeds.rows;
  link.seed_log10_p = seeds.same_basis_log10_p;
}

double root_mean_square(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double away = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += away * away;
  }
  return a.empty() ? 0 : std::sqrt(sum / static_cast<double>(a.size()));
}

double turn_at(const std::vector<float>& before, const std::vector<float>& here, const std::vector<float>& after) {
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < here.size(); ++i) {
    const double x = static_cast<double>(here[i]) - static_cast<double>(before[i]);
    const double y = static_cast<double>(after[i]) - static_cast<double>(here[i]);
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

void measure_move(const PathPoint& before, PathPoint& here, const LearningRates& rates, double weight_decay) {
  here.rms_move = root_mean_square(before.elements, here.elements);
  double largest_element = 0, square = 0;
  for (std::size_t i = 0; i < here.elements.size(); ++i) {
    const auto value = static_cast<double>(here.elements[i]);
    here.largest_move = std::max(here.largest_move, std::abs(value - static_cast<double>(before.elements[i])));
    largest_element = std::max({largest_element, std::abs(value), std::abs(static_cast<double>(before.elements[i]))});
    square += value * value;
  }
  const auto rate = summed_rate(rates, static_cast<double>(before.step), static_cast<double>(here.step));
  if (!rate) return;
  const double rms = std::sqrt(square / static_cast<double>(std::max<std::size_t>(1, here.elements.size())));
  here.allowed_move = *rate * (kElement + weight_decay * largest_element) * kSlack + 0.01 * largest_element;
  // 16-bit storage rounds by 2^-9 of an element.
  here.allowed_rms = *rate * (1 + weight_decay * rms) * kSlack + 0.005 * rms;
}

}  // namespace

SeedLink seed_link(const ModelView& a, const ModelView& b, const Watch& watch) {
  SeedLink link;
  link_units(a, b, watch, link);
  link_seed_rows(a, b, link);
  if (link.seed_rows > 0) link.log10_p = corrected_log10_p(std::min(link.log10_p, link.seed_log10_p), 2);
  return link;
}

ElementSample::ElementSample(const ModelView& model, std::size_t elements) {
  std::uint64_t total = 0;
  const auto usable = [](const io::TensorInfo& t) { return t.readable() && t.elements > 0; };
  for (const auto& tensor : model.store().tensors()) total += usable(tensor) ? tensor.elements : 0;
  for (const auto& tensor : model.store().tensors()) {
    if (!usable(tensor)) continue;
    const double share =
        static_cast<double>(elements) * static_cast<double>(tensor.elements) / static_cast<double>(total);
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(share) / kRun);
    const std::uint64_t available = (tensor.elements + kRun - 1) / kRun;
    for (const auto run : spread_indices(available, wanted)) {
      const std::uint64_t first = run * kRun;
      const auto count = static_cast<std::size_t>(std::min(kRun, tensor.elements - first));
      runs_.push_back({tensor.name, tensor.shape, first, count});
      size_ += count;
    }
  }
}

std::optional<std::vector<float>> ElementSample::of(const ModelView& model) const {
  std::vector<float> out(size_);
  std::size_t at = 0;
  for (const auto& run : runs_) {
    const auto* tensor = model.store().find(run.tensor);
    if (tensor == nullptr || tensor->shape != run.shape || !tensor->readable()) return std::nullopt;
    const auto status = model.store().read_floats(*tensor, run.first, std::span{out}.subspan(at, run.count));
    if (!status.ok()) throw InputError(model.id() + ": " + status.error().text());
    for (std::size_t i = at; i < at + run.count; ++i)
      if (!std::isfinite(out[i])) out[i] = 0;
    at += run.count;
  }
  return out;
}

std::optional<double> summed_rate(const LearningRates& rates, double from, double to) {
  if (rates.size() < 2 || to <= from) return std::nullopt;
  // A log of every tenth step may begin at step 10 and end just before the last checkpoint.
  const double spacing = (rates.back().first - rates.front().first) / static_cast<double>(rates.size() - 1);
  if (from < rates.front().first - 2 * spacing - 1 || to > rates.back().first + 2 * spacing + 1) return std::nullopt;
  const auto at = [&](double step) {
    const auto right =
        std::lower_bound(rates.begin(), rates.end(), step, [](const auto& r, double s) { return r.first < s; });
    if (right == rates.begin()) return rates.front().second;
    if (right == rates.end()) return rates.back().second;
    const auto left = right - 1;
    const double t = (step - left->first) / std::max(right->first - left->first, 1e-9);
    return left->second + t * (right->second - left->second);
  };
  double sum = 0, last = from;
  const auto add_until = [&](double step) {
    sum += (step - last) * 0.5 * (at(last) + at(step));
    last = step;
  };
  for (const auto& [step, rate] : rates)
    if (step > from && step < to) add_until(step);
  add_until(to);
  return sum;
}

PathProblems follow_path(std::vector<PathPoint>& points, const LearningRates& rates, double weight_decay) {
  PathProblems problems;
  if (points.size() < 2) return problems;
  const auto final_elements = points.back().elements;
  for (auto& point : points) {
    point.to_final = root_mean_square(point.elements, final_elements);
    point.from_start = root_mean_square(point.elements, points.front().elements);
  }
  std::size_t turns = 0, straight = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    auto& here = points[i];
    measure_move(points[i - 1], here, rates, weight_decay);
    if (here.rms_move == 0) {
      // A final model that is the last checkpoint under another name is no contradiction.
      if (i + 1 < points.size()) problems.repeated.push_back(here.step);
      continue;
    }
    if (i + 1 < points.size() && here.to_final > points[i - 1].to_final * kNearer)
      problems.not_nearer.push_back(here.step);
    if (here.allowed_move > 0 && (here.largest_move > here.allowed_move || here.rms_move > here.allowed_rms))
      problems.too_far.push_back(here.step);
    if (i + 1 == points.size() || points[i + 1].elements == here.elements) continue;
    here.turn = turn_at(points[i - 1].elements, here.elements, points[i + 1].elements);
    ++turns;
    straight += here.turn > kStraight ? 1 : 0;
  }
  problems.straight = turns > 0 && straight == turns;
  return problems;
}

}  // namespace pedigree::weight
