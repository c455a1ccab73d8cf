// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/hidden_alignment.hpp"

#include <algorithm>

#include "plugins/weight/align/polar.hpp"

namespace pedigree::weight {
namespace {

bool corresponding(const LayerUnits& a, const LayerUnits& b) {
  if (a.blocks.empty() || a.blocks.size() != b.blocks.size() || a.layers != b.layers) return false;
  for (std::size_t i = 0; i < a.blocks.size(); ++i)
    if (a.blocks[i].width != b.blocks[i].width || a.blocks[i].units != b.blocks[i].units) return false;
  return true;
}

}  // namespace

std::optional<HiddenUnitAlignment> hidden_unit_alignment(const LayerUnits& subject, const LayerUnits& reference) {
  if (!corresponding(subject, reference)) return std::nullopt;
  Index rows = 0, widest = 0;
  for (const auto& block : subject.blocks)
    for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
      rows += (block.parts.*part).rows() / 2;
      widest = std::max(widest, (block.parts.*part).cols());
    }
  if (rows < 2 * widest) return std::nullopt;  // too few for a map, before any matrix of that width is made
  Matrix cross;
  rows = 0;
  for (std::size_t i = 0; i < subject.blocks.size(); ++i)
    for (auto part : {&UnitParts::gate, &UnitParts::up, &UnitParts::down}) {
      const Matrix &a = subject.blocks[i].parts.*part, &b = reference.blocks[i].parts.*part;
      if (a.rows() == 0 || b.rows() == 0) continue;
      if (cross.size() == 0) cross = Matrix::Zero(b.cols(), a.cols());
      if (a.cols() != cross.cols() || b.cols() != cross.rows()) continue;
      cross.noalias() += every_second(b, 0).transpose() * every_second(a, 0);
      rows += a.rows() / 2;
    }
  if (rows < 2 * std::max(cross.rows(), cross.cols()) || cross.size() == 0) return std::nullopt;
  HiddenUnitAlignment out;
  out.map = ResidualMap::rotation(Alignment::kHiddenUnits, polar_factor(cross));
  return out;
}

LayerUnits odd_units(const LayerUnits& units) {
  LayerUnits out;
  out.layers = units.layers;
  for (const auto& block : units.blocks) {
    LayerUnits::Block half;
    half.layer = block.layer;
    half.mlp = block.mlp;
    half.width = block.width / 2;
    half.free_signs = block.free_signs;
    for (std::size_t i = 1; i < block.units.size(); i += 2) half.units.push_back(block.units[i]);
    half.parts.gate = every_second(block.parts.gate, 1);
    half.parts.up = every_second(block.parts.up, 1);
    half.parts.down = every_second(block.parts.down, 1);
    out.blocks.push_back(std::move(half));
  }
  return out;
}

}  // namespace pedigree::weight
