// The states of parents from those of their children.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/simd.hpp"
#include "trees/estimators.hpp"

namespace retrodict {

// A child's states, one a feature, and the law of its state given the leaves below, a row of features for each state;
// no law of a leaf, which is its state. What the parent calls x, the law has in row names[x].
template <class State> struct Child {
  const State* states;
  const double* law;
  const std::int32_t* names;
};

// Of the states that a parent shows: how many, and the sum of their probabilities.
struct Shown {
  std::size_t count = 0;
  double probability = 0;
};

// The law of the parent's state with uniform prior, and the most likely state, unobserved where there is another one
// that is as likely: rounding takes equal ones no farther apart than a relative 2^-40.
template <class State>
Shown propagate(std::span<const Child<State>> children, std::size_t q, double lambda, std::size_t n, double* law,
                State* states) {
  constexpr std::size_t width = 128;      // features at a time
  constexpr std::size_t before_scale = 8; // factors, each at least 2^-69, so that nothing underflows
  constexpr double alike = 1 - 0x1p-40;
  const double noise = (1 - lambda) / static_cast<double>(q);
  Shown shown;
  vectorised(simd_level(), [&]<int W>() {
    for (std::size_t begin = 0; begin < n; begin += width) {
      const std::size_t m = std::min(width, n - begin);
      for (std::size_t c = 0; c < children.size(); ++c) {
        const Child<State>& child = children[c];
        for (std::size_t x = 0; x < q; ++x) {
          double* const out = law + x * n + begin;
          if (c == 0) std::fill_n(out, m, 1.0);
          if (child.law == nullptr) {
            const State* const seen = child.states + begin;
            const auto state = static_cast<State>(x);
            for (std::size_t f = 0; f < m; ++f) {
              const double here = seen[f] == state ? 1.0 : 0.0;
              out[f] *= lambda * (seen[f] == unobserved<State> ? 1 / static_cast<double>(q) : here) + noise;
            }
          } else {
            const double* const p = child.law + static_cast<std::size_t>(child.names[x]) * n + begin;
            for (std::size_t f = 0; f < m; ++f) out[f] *= lambda * p[f] + noise;
          }
        }
        if (c % before_scale != before_scale - 1) continue;
        std::array<double, width> largest{};
        for (std::size_t x = 0; x < q; ++x)
          for (std::size_t f = 0; f < m; ++f) largest[f] = std::max(largest[f], law[x * n + begin + f]);
        for (std::size_t x = 0; x < q; ++x)
          for (std::size_t f = 0; f < m; ++f) law[x * n + begin + f] /= largest[f];
      }
      std::array<double, width> sum{}, first{}, second{};
      std::array<std::int64_t, width> best{};
      for (std::size_t x = 0; x < q; ++x)
        for (std::size_t f = 0; f < m; ++f) {
          const double p = law[x * n + begin + f];
          sum[f] += p;
          second[f] = std::max(second[f], std::min(first[f], p));
          best[f] = p > first[f] ? static_cast<std::int64_t>(x) : best[f];
          first[f] = std::max(first[f], p);
        }
      for (std::size_t x = 0; x < q; ++x)
        for (std::size_t f = 0; f < m; ++f) law[x * n + begin + f] /= sum[f];
      double probability = 0; // summed for these features first, so that less is rounded away
      for (std::size_t f = 0; f < m; ++f) {
        const bool only = second[f] < alike * first[f];
        states[begin + f] = only ? static_cast<State>(best[f]) : unobserved<State>;
        shown.count += only;
        probability += only ? first[f] / sum[f] : 0.0;
      }
      shown.probability += probability;
    }
  });
  return shown;
}

// The state with the most votes, if it has at least two and no other has as many.
template <class State> Shown vote(std::span<const Child<State>> children, std::size_t q, std::size_t n, State* states) {
  std::vector<std::size_t> votes(q);
  Shown shown;
  for (std::size_t f = 0; f < n; ++f) {
    std::size_t most = 0, winners = 0;
    for (const Child<State>& child : children)
      if (const State x = child.states[f]; x != unobserved<State>) most = std::max(most, ++votes[x]);
    State winner = unobserved<State>;
    for (const Child<State>& child : children) {
      const State x = child.states[f];
      if (x == unobserved<State>) continue;
      if (votes[x] == most) winner = x, ++winners;
      votes[x] = 0;
    }
    const bool elected = most >= 2 && winners == 1;
    states[f] = elected ? winner : unobserved<State>;
    shown.count += elected;
  }
  return shown;
}

} // namespace retrodict
