// The law of a broadcast: a prior at the root and a channel on every edge, validated once.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graphs/tree.hpp"

namespace retrodict {

class Channels {
 public:
  // `entries` is (n_states, n_states), the same channel on every edge, where `shared`; else (n_nodes, n_states,
  // n_states), where block v belongs to the edge above node v and the root's block is ignored. Rows are the parent's
  // states. `prior` has n_states entries, or none for the uniform law. `entries` is viewed, not copied: it must outlive
  // this.
  Channels(const Tree& tree, std::span<const double> entries, std::size_t n_states, bool shared,
           std::span<const double> prior);

  // What sums of probabilities may miss 1 by.
  static constexpr double tolerance = 1e-9;
  // States are stored in 16 bits, of which one value says "unobserved".
  static constexpr std::size_t most_states = 65535;

  std::size_t n_states() const { return n_states_; }
  bool shared() const { return shared_; }
  // The channel on the edge above node v, which is not the root, row by row.
  std::span<const double> above(std::size_t v) const {
    const std::size_t block = n_states_ * n_states_;
    return entries_.subspan(shared_ ? 0 : v * block, block);
  }
  std::span<const double> prior() const { return prior_; }

 private:
  std::span<const double> entries_;
  std::size_t n_states_;
  bool shared_;
  std::vector<double> prior_;
};

} // namespace retrodict
