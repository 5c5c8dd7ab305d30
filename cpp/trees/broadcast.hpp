// Broadcasting: the root's state has law `prior`, every other node's state the law that the channel above it gives its
// parent's state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

// Fills `states`, (n, n_nodes) or, where `leaves_only`, (n, n_leaves), with samples first, ..., first + n - 1 of the
// seed; n follows from the size. Sample i takes one word of Stream(seed, i) per node, in the order of the nodes, and
// reads it through the inverse distribution function: how exactly is said in python/retrodict/trees.py. `State` holds
// the channels' states.
template <class State>
void broadcast(const Tree& tree, const Channels& channels, std::uint64_t seed, std::uint64_t first, bool leaves_only,
               std::size_t threads, std::span<State> states);

} // namespace retrodict
