// Which roots are siblings, by how close they are: the rule of the level-by-level algorithm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retrodict {

// Groups of `arity` roots, ascending, and in the order of their first members: members[g * arity + i].
struct SiblingGroups {
  std::vector<std::int32_t> members;
  std::vector<std::uint8_t> cliques; // of each group, whether it is one
  double within, across;             // least closeness of siblings, largest of others
};

// `close` is (n, n) and symmetric, and nan where nothing is known, which is less than any number; its diagonal is
// ignored; n is a multiple of `arity`.
//
// A clique is a set of `arity` roots of which each is closer to every other member than to all that are no members.
// Cliques are groups. Among the roots that are left the closest pair, of several the first one, is joined by the root
// whose least closeness to the group is largest, of several the first one, until the group is complete; and so on.
SiblingGroups sibling_groups(std::span<const double> close, std::size_t n, std::size_t arity, std::size_t threads);

} // namespace retrodict
