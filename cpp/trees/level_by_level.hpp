// The tree of leaf data, found level by level with states of inner nodes that are estimated on the way (after Mossel,
// 2004, recalled). The definition is python/retrodict/exact/level_by_level.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "trees/distances.hpp"

namespace retrodict {

enum class ParentRule { bp, plurality, first_child };

struct LevelByLevelOptions {
  std::size_t arity;
  bool renamed;
  std::optional<double> quality; // lambda; estimated where absent
  ParentRule rule;
};

// What a level found, and how its roots did; nan where there is nothing to estimate from.
struct LevelReport {
  std::size_t n_roots, n_cliques;
  double shown;          // share of the roots' states that are not unobserved
  double correlation;    // of siblings
  double reliability;    // of the roots' states: their correlation with the true ones
  double quality;        // lambda by this level's siblings
  double within, across; // least of siblings and largest of others: correlations of the true states of two roots
};

template <class State> struct LevelByLevel {
  std::vector<std::int32_t> parent;
  std::vector<State> states; // (n_features, inner nodes)
  std::vector<LevelReport> levels;
  double quality, root_reliability;
};

template <class State>
LevelByLevel<State> level_by_level(const Features<State>& features, const LevelByLevelOptions& options,
                                   std::size_t threads);

} // namespace retrodict
