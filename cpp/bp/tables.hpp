// Which subtrees are looked up in tables, and what the tables hold: the message of the subtree's root, behind the
// channel above it, for everything that the leaves below can show. See Plan for the order of the rows.
#pragma once

#include <cstddef>
#include <vector>

#include "bp/leaves.hpp"
#include "bp/schedule.hpp"
#include "core/simd.hpp"
#include "graphs/channels.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

class Tables {
 public:
  // For leaves that show states. Every leaf has a table; an inner node other than the root has one where its rows are
  // few and their entries cannot be smaller than 2^safe_exponent.
  Tables(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves, SimdLevel level);

  // Rows of the table of node v, 0 where it has none.
  std::size_t rows(std::size_t v) const { return rows_[v]; }
  bool leaf(std::size_t v) const { return tree_.leaf_index(v) >= 0; }
  // How many things leaf v can show: its states, and that it is unobserved where this happens.
  std::size_t radix(std::size_t v) const;
  // The table of a node that has one: entry i of row r at [i * simd::padded(rows(v)) + r].
  std::vector<double> message(std::size_t v) const;

 private:
  std::size_t choose(std::size_t most_rows);
  std::vector<double> leaf_message(std::size_t v) const;
  std::vector<double> inner_message(std::size_t v, SimdLevel level);

  const Tree& tree_;
  const Channels& channels_;
  const Schedule& schedule_;
  const Leaves& leaves_;
  std::size_t q_;
  std::vector<std::size_t> rows_;
  std::vector<int> least_;                    // exponents, of bounds on what is not 0 in the messages
  std::vector<std::vector<double>> messages_; // of inner nodes that no other table has made use of
};

} // namespace retrodict
