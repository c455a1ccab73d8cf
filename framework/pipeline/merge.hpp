// SPDX-License-Identifier: MIT
// Documents put over one another: the rules of `extends:` and `--set`.
#pragma once

#include <string>

#include "framework/pipeline/node.hpp"

namespace pedigree::pipeline {

/// What a list item is called when lists merge: its `id`, else its `use`, else "group:NAME", or the text itself; empty
/// when it has no name.
std::string identity(const Node& item);

/// `child` over `parent`: maps merge by key, lists whose items all have a name merge by it (in the parent's order, new
/// items after), other lists and texts replace. A null stays, so that it also removes what a later parent would bring.
Node merge(Node parent, const Node& child);

/// One form for everything the vocabulary lets one write shortly: `references: all`, and references and steps in lists
/// that are mere ids, become maps. Leaves what is of a wrong type alone.
void normalise(Node& root);

/// Takes out the nulls, which have done their work; `artifacts:` keeps its own (null there says "there is none"). A
/// step whose `use` is null goes altogether.
void drop_nulls(Node& root);

}  // namespace pedigree::pipeline
