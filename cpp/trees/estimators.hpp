// What a simple estimator of the root sees of the leaves. Leaf data is (n, n_leaves), one row a sample; the largest
// value of State says "unobserved".
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "graphs/tree.hpp"

namespace retrodict {

template <class State> constexpr State unobserved = std::numeric_limits<State>::max();

// (n, q): how many leaves show each state. Unobserved leaves count nowhere.
template <class State>
std::vector<std::int32_t> census(std::span<const State> leaves, std::size_t n, std::size_t q, std::size_t threads);

// (n,): the root's value where the value of an inner node is the plurality among the values of its children, of which
// unobserved ones have no vote. A tie is unobserved, or, with a seed, one of the tied states: sample i, which is
// replica first + i of the seed, draws one double for each tie, from the last node to the first, and the tied states
// stand in the order in which the children show them.
template <class State>
std::vector<State> recursive_majority(const Tree& tree, std::span<const State> leaves,
                                      std::optional<std::uint64_t> seed, std::uint64_t first, std::size_t threads);

} // namespace retrodict
