// SPDX-License-Identifier: MIT
#include "framework/verdict/case_index.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace pedigree::verdict {
namespace {

constexpr const char* kMain = "text_decoder";
constexpr const char* kModel = "model";

using Where = std::pair<std::string, std::string>;  ///< signal, component

bool usable(const EvidenceRecord& record) {
  const auto family = static_cast<std::size_t>(record.family);
  return family >= 1 && family <= kFamilies.size() && std::isfinite(record.value) && std::isfinite(record.log10_lr);
}

std::optional<double> valid_p(const EvidenceRecord& record) {
  if (!record.log10_p || !std::isfinite(*record.log10_p)) return std::nullopt;
  return std::min(0.0, *record.log10_p);
}

bool claims_descent(const EvidenceRecord& record) {
  return record.relation == "identical" || record.relation == "derived" || record.relation == "partial";
}

class Builder {
 public:
  explicit Builder(const Case& source) { index_.source = &source; }

  CaseIndex build() {
    read_roles();
    name_components();
    count_searches();
    read_controls();
    for (const auto& name : names_) index_.components.push_back(empty_row(name));
    for (std::size_t i = 0; i < index_.source->evidence.size(); ++i) file_record(i);
    for (const auto& declared : index_.source->declared)
      if (auto* row = find(declared.component)) row->declared.push_back(&declared);
    for (auto& row : index_.components) sort_row(row);
    return std::move(index_);
  }

 private:
  /// A reference that evidence names but nobody listed is a suspect: nothing found may get lost.
  void read_roles() {
    for (const auto& reference : index_.source->references)
      index_.roles.emplace(reference.id, reference.role.empty() ? "suspect" : reference.role);
    for (const auto& record : index_.source->evidence)
      if (usable(record) && !record.reference.empty()) index_.roles.emplace(record.reference, "suspect");
    for (const auto& [id, role] : index_.roles) {
      if (role == "control" || role == "ancestor") continue;
      index_.suspects.push_back(id);
    }
  }

  void name_components() {
    const auto& listed = index_.source->components;
    const bool has_text = listed.empty() || std::find(listed.begin(), listed.end(), kMain) != listed.end();
    index_.main = has_text ? kMain : listed.front();
    names_.push_back(index_.main);
    std::set<std::string> found(listed.begin(), listed.end());
    for (const auto& declared : index_.source->declared) found.insert(declared.component);
    bool tokenizer = false;
    for (const auto& record : index_.source->evidence) {
      if (!usable(record)) continue;
      tokenizer = tokenizer || record.family == Family::tokenizer;
      if (record.family == Family::weight) found.insert(record.component);
    }
    for (const auto& name : listed)
      if (found.erase(name) == 1 && name != index_.main && name != kTokenizerRow && name != kModel)
        names_.push_back(name);
    tokenizer = tokenizer || found.count(kTokenizerRow) == 1;
    for (const auto& name : found)
      if (!name.empty() && name != index_.main && name != kTokenizerRow && name != kModel) names_.push_back(name);
    if (tokenizer) names_.push_back(kTokenizerRow);
  }

  /// Every p-value of the case is one search; a reference that yielded none counts as one too.
  void count_searches() {
    std::size_t searches = 0;
    for (const auto& record : index_.source->evidence) {
      if (!usable(record))
        ++index_.refused;
      else if (valid_p(record))
        ++searches;
    }
    searches = std::max(searches, index_.roles.size());
    correction_ = searches > 1 ? std::log10(static_cast<double>(searches)) : 0;
  }

  void read_controls() {
    for (const auto& record : index_.source->evidence) {
      if (!usable(record) || record.log10_lr <= 0 || role_of(record) != "control") continue;
      const Where where{record.signal, record.component};
      auto& worst = control_lr_[where];
      worst = std::max(worst, record.log10_lr);
      std::optional<double> p;
      if (const auto own = valid_p(record); own && claims_descent(record)) {
        p = std::min(0.0, *own + correction_);
        auto& smallest = control_p_[where];
        smallest = std::min(smallest, *p);
      }
      index_.controls.push_back({record.reference, record.component, record.signal, record.log10_lr, p});
    }
    std::sort(index_.controls.begin(), index_.controls.end(), [](const ControlAlarm& a, const ControlAlarm& b) {
      return std::tie(b.log10_lr, a.reference, a.component, a.signal) <
             std::tie(a.log10_lr, b.reference, b.component, b.signal);
    });
  }

  std::string role_of(const EvidenceRecord& record) const {
    return record.reference.empty() ? "" : index_.roles.at(record.reference);
  }

  ComponentIndex empty_row(const std::string& name) const {
    ComponentIndex row;
    row.name = name;
    for (const auto& [id, role] : index_.roles) {
      const bool counts = role == "ancestor" ? name == kTokenizerRow : role != "control";
      if (counts) row.pairs.push_back({id, {}});
    }
    return row;
  }

  ComponentIndex* find(const std::string& name) {
    for (auto& row : index_.components)
      if (row.name == name) return &row;
    return nullptr;
  }

  /// Tokenizer evidence is a fact of the tokenizer's own row and a weak word about the main
  /// component. What is said of the whole model, or of a part without a row, goes to the main one.
  void file_record(std::size_t i) {
    const auto& record = index_.source->evidence[i];
    if (!usable(record) || role_of(record) == "control") return;
    if (record.family == Family::tokenizer) {
      add(*find(kTokenizerRow), i);
      return add(*find(index_.main), i);
    }
    auto* row = find(record.component);
    add(row == nullptr || row->name == kTokenizerRow ? *find(index_.main) : *row, i);
  }

  void add(ComponentIndex& row, std::size_t i) {
    const auto& record = index_.source->evidence[i];
    const Where where{record.signal, record.component};
    const auto factor = index_.source->analyzer_weight.find(record.analyzer);
    const bool own = factor != index_.source->analyzer_weight.end() && std::isfinite(factor->second);
    if (own && factor->second <= 0) return;  // the pipeline wants this analyzer shown, not weighed
    Item item = prepare(i, record);
    if (own) item.lr *= factor->second;
    if (const auto p = valid_p(record)) item.log10_p = std::min(0.0, *p + correction_);
    if (const auto p = control_p_.find(where); p != control_p_.end() && item.log10_p)
      item.log10_p = std::min(0.0, *item.log10_p - p->second);
    row.any_evidence = true;
    if (record.reference.empty()) return row.absolute[record.family].push_back(item);
    const auto pair = std::lower_bound(row.pairs.begin(), row.pairs.end(), record.reference,
                                       [](const Pair& a, const std::string& id) { return a.reference < id; });
    if (pair != row.pairs.end() && pair->reference == record.reference) pair->items[record.family].push_back(item);
  }

  Item prepare(std::size_t i, const EvidenceRecord& record) const {
    Item item;
    item.index = i;
    item.record = &record;
    item.descent = claims_descent(record);
    item.matches = item.descent && record.relation != "identical";
    item.shared_start = record.relation == "shared_initialization";
    item.lr = item.shared_start ? std::min(record.log10_lr, 0.0) : record.log10_lr;
    const auto control = control_lr_.find({record.signal, record.component});
    if (item.lr > 0 && control != control_lr_.end()) item.lr = std::max(0.0, item.lr - control->second);
    return item;
  }

  /// Fixes one order whatever the order of arrival.
  static void sort_row(ComponentIndex& row) {
    const auto before = [](const Item& a, const Item& b) {
      return std::tie(b.record->log10_lr, a.record->signal, a.record->analyzer, a.record->component, a.record->value,
                      a.record->relation) < std::tie(a.record->log10_lr, b.record->signal, b.record->analyzer,
                                                     b.record->component, b.record->value, b.record->relation);
    };
    for (const Family family : kFamilies) {
      std::sort(row.absolute[family].begin(), row.absolute[family].end(), before);
      for (auto& pair : row.pairs) std::sort(pair.items[family].begin(), pair.items[family].end(), before);
    }
  }

  CaseIndex index_;
  std::vector<std::string> names_;
  double correction_ = 0;  ///< log10 of the number of searches
  std::map<Where, double> control_lr_, control_p_;
};

}  // namespace

const ComponentIndex* CaseIndex::find(const std::string& component) const {
  for (const auto& row : components)
    if (row.name == component) return &row;
  return nullptr;
}

CaseIndex index_case(const Case& case_) { return Builder(case_).build(); }

}  // namespace pedigree::verdict
