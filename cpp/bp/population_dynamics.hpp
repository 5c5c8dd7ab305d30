// Population dynamics of the q-state Potts channel on the regular tree: a sample of what the leaves tell of the root.
//
// A member is a posterior over q colours of a node whose colour is 0. One step makes every member anew from `arity`
// members of the population before, which are drawn, relabelled to a child's colour that the channel draws from 0, and
// combined by belief propagation. What is found is an estimate and nothing more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/parallel.hpp"

namespace retrodict {

struct PottsUpdate {
  std::size_t colours, arity;
  double lambda; // the channel is lambda I + (1 - lambda) J / colours
  // Afterwards the true colour is drawn anew from the posterior, and the others are shuffled: the law of the posterior
  // stays what it is, and what is false about a population does not grow.
  bool symmetrised;
};

// Of one step, over its members before they are symmetrised, scaled so that 0 is to know nothing and 1 the colour.
struct PopulationMeans {
  double first, second, first_error, second_error, gap_error; // of the posterior mass of the truth; of sum eta_i^2
};

struct PopulationSteps {
  std::uint64_t seed, first, count; // step k of a seed has streams of its own: k is at least 1 and below 2^32
  double stop_below;                // no step follows one whose second moment is below
  std::size_t threads;
};

// Replaces `members`, rows of `colours` probabilities, and returns the means of each step. Neither depends on the
// threads. Progress is told by `poll`.
template <class Real>
std::vector<PopulationMeans> population_dynamics(const PottsUpdate& update, const PopulationSteps& steps,
                                                 std::vector<Real>& members, const Poll& poll);

} // namespace retrodict
