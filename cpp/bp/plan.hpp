// What a tile of samples does on its way up the tree, planned once a call: which subtrees are looked up in tables, and
// the products and channels between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bp/leaves.hpp"
#include "bp/schedule.hpp"
#include "core/aligned.hpp"
#include "core/simd.hpp"
#include "graphs/channels.hpp"

namespace retrodict {

// Where a message comes from: a table, the likelihoods of a leaf, or a slot that an earlier step wrote.
struct Operand {
  enum class Kind : std::uint8_t { none, table, likelihood, slot };
  Kind kind = Kind::none;
  std::uint32_t index = 0;
};

// A subtree's message, behind the channel above it, for all that its leaves can show. Row number: the digits are what
// the leaves show, in the order of the schedule; a leaf's states, and its radix less 1 for "unobserved".
struct Table {
  std::size_t first_leaf, n_leaves; // a range of Plan::leaves
  std::size_t rows;                 // where the rows start in Plan::rows
  int least;                        // exponent of the least entry that is not 0
  bool turned;                      // a few rows, of which entry (r, i) is at [i * simd::entries_in_registers + r]
};

// slot `out` = left * right, behind the channel above node v; or before it where v is the root, or where the product
// has more factors to come.
struct Step {
  Operand left, right;
  const double* channel; // null: none
  int least;             // exponent of the channel's least entry that is not 0
  std::uint32_t out;
};

struct Plan {
  // Whether messages in doubles can work at all: no channel or prior has an entry below 2^safe_exponent except 0.
  static bool possible(const Tree& tree, const Channels& channels);

  Plan(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves, SimdLevel level);

  std::vector<Step> steps; // the last one leaves the root's message in slot `root`
  std::uint32_t n_slots = 0, root = 0;
  std::vector<Table> tables;
  std::vector<std::uint32_t> leaves, radices; // columns of leaf data, and how many things they can show
  Aligned<double> rows;
  std::size_t row_pitch; // entries from one row to the next, q of which are the message and the rest 0
};

} // namespace retrodict
