// Density evolution of two states: the law of what belief propagation knows of the root of a regular tree, enclosed.
//
// On the symmetric channel of eigenvalue t the root's magnetisation X given the leaves has a symmetric law, determined
// by that of m = |X|: observing the leaves is a mixture of binary symmetric channels of eigenvalue m. An edge takes m
// to t m. Two children of m1, m2 combine to (m1 + m2) / (1 + m1 m2) with probability (1 + m1 m2) / 2, else to
// |m1 - m2| / (1 - m1 m2). Both are monotone in the order of degradation (of two such laws the better one has the
// larger E(m - c)+ for all c), so that laws with few atoms bound the true one from both sides:
//
// degraded: atoms are merged to their mean, masses and means are rounded down, and what mass is missing lies at 0;
// upgraded: an atom is split between its neighbours on a grid, keeping its mean; its place is rounded up, masses are
//           rounded down, and what mass is missing lies at 1.
//
// All masses are rounded down on both sides, by a factor 1 - (n + c) 2^-52 after n non-negative numbers were added:
// u = 2^-53 bounds the relative error of one operation, and nothing is subtracted that cancels.
#pragma once

#include <cstddef>
#include <vector>

namespace retrodict {

enum class Side { degraded, upgraded };

// Atoms at `place` of mass `mass`, at most 1 together; the rest of the mass lies at 0 or at 1.
struct Magnetisation {
  std::vector<double> place, mass;
};

struct DensityEvolution {
  std::vector<double> first, second; // bounds of E m and E m^2 at depth 0, 1, ...
  Magnetisation law;                 // at the last depth
};

// The bounds of one side at depths 0 to `depth`, from leaves of magnetisation `leaf`, with channels of eigenvalue theta
// in (0, 1], arity >= 1; bins >= 2. For a lower bound theta and leaf are to be rounded down by the caller, for an upper
// one up. The result does not depend on the threads.
DensityEvolution density_evolution(Side side, std::size_t arity, double theta, double leaf, std::size_t depth,
                                   std::size_t bins, std::size_t threads);

} // namespace retrodict
