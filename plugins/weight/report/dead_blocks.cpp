// SPDX-License-Identifier: MIT
#include "plugins/weight/report/dead_blocks.hpp"

#include <algorithm>
#include <string>

namespace pedigree::weight {
namespace {

bool is_dead(const UnitParts& parts) {
  Index dead = 0;
  for (Index i = 0; i < parts.units(); ++i) {
    bool alive = false;
    for (const auto* part : {&parts.gate, &parts.up, &parts.down}) alive |= part->rows() > i && !part->row(i).isZero(0);
    dead += alive ? 0 : 1;
  }
  return 2 * dead > parts.units();
}

}  // namespace

void drop_dead_blocks(const Host& host, std::string_view model, LayerUnits& units) {
  const std::size_t before = units.blocks.size();
  std::erase_if(units.blocks, [](const auto& block) { return is_dead(block.parts); });
  if (units.blocks.size() == before) return;
  host.warn(std::string{model} + ": " + std::to_string(before - units.blocks.size()) + " of " + std::to_string(before) +
            " feed-forward blocks hold mostly zeros, NaN or infinity; they are left out");
}

}  // namespace pedigree::weight
