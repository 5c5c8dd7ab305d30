// How close the roots of subtrees are by the states that they show: what siblings are chosen by.
#pragma once

#include <vector>

#include "trees/distances.hpp"

namespace retrodict {

// Of all pairs of leaves, (n, n), the correlation; or, if every leaf has names of its own for the states, an estimate
// of its square whose mean is near 0 for independent leaves,
//   q^2 / (q - 1) sum_ij (C_ij / n - R_i S_j / n^2)^2 - (q - 1) / n,
// C the joint counts of n features that show both leaves, and R, S their margins. Each is a function of integers, so
// that equal counts are ties; nan where no feature shows both. The diagonal has no meaning.
template <class State>
std::vector<double> closeness(const Features<State>& features, bool renamed, std::size_t threads);

} // namespace retrodict
