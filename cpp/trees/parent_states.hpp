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
  const double of_state = lambda + noise, of_unobserved = lambda / static_cast<double>(q) + noise;
  Shown shown;
  // What loops read is copied out of the closure, so that no store can change it.
  vectorised(simd_level(), [&]<int W>() {
    const double slope = lambda, other = noise, same = of_state, hidden = of_unobserved;
    for (std::size_t begin = 0; begin < n; begin += width) {
      const std::size_t m = std::min(width, n - begin), n_states = q, pitch = n;
      double* const laws = law + begin;
      for (std::size_t c = 0; c < children.size(); ++c) {
        const Child<State>& child = children[c];
        for (std::size_t x = 0; x < n_states; ++x) {
          double* const out = laws + x * pitch;
          if (c == 0) std::fill_n(out, m, 1.0);
          if (child.law == nullptr) {
            const State* const seen = child.states + begin;
            const auto state = static_cast<State>(x);
            for (std::size_t f = 0; f < m; ++f) {
              const double unless = seen[f] == unobserved<State> ? hidden : other;
              out[f] *= seen[f] == state ? same : unless;
            }
          } else {
            const double* const p = child.law + static_cast<std::size_t>(child.names[x]) * pitch + begin;
            for (std::size_t f = 0; f < m; ++f) out[f] *= slope * p[f] + other;
          }
        }
        if (c % before_scale != before_scale - 1) continue;
        std::array<double, width> largest{};
        for (std::size_t x = 0; x < n_states; ++x)
          for (std::size_t f = 0; f < m; ++f) largest[f] = std::max(largest[f], laws[x * pitch + f]);
        for (std::size_t x = 0; x < n_states; ++x)
          for (std::size_t f = 0; f < m; ++f) laws[x * pitch + f] /= largest[f];
      }
      std::array<double, width> sum{}, first{}, second{};
      std::array<std::int64_t, width> best{};
      for (std::size_t x = 0; x < n_states; ++x)
        for (std::size_t f = 0; f < m; ++f) {
          const double p = laws[x * pitch + f];
          sum[f] += p;
          second[f] = std::max(second[f], std::min(first[f], p));
          best[f] = p > first[f] ? static_cast<std::int64_t>(x) : best[f];
          first[f] = std::max(first[f], p);
        }
      for (std::size_t x = 0; x < n_states; ++x)
        for (std::size_t f = 0; f < m; ++f) laws[x * pitch + f] /= sum[f];
      for (std::size_t f = 0; f < m; ++f) {
        const bool only = second[f] < alike * first[f];
        best[f] = only ? best[f] : unobserved<State>;
        first[f] = only ? first[f] / sum[f] : 0.0;
      }
      std::size_t count = 0;
      double probability = 0;
      State* const out = states + begin;
      for (std::size_t f = 0; f < m; ++f) {
        out[f] = static_cast<State>(best[f]);
        count += best[f] != unobserved<State>;
      }
      for (std::size_t f = 0; f < m; ++f) probability += first[f];
      shown.count += count;
      shown.probability += probability; // of few features first, so that less is rounded away
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
