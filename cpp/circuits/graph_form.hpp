// Graphs as their quadratic forms over GF(2), and what a cut of the vertices shows of the form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/sifting.hpp"

namespace retrodict {

constexpr unsigned max_cut_vertices = 64;
constexpr unsigned max_rank_width_vertices = 26;
constexpr unsigned max_form_vertices = 26;

// A simple graph, and the form q(x) = sum over its edges {u, v} of x_u x_v (mod 2).
class GraphForm {
 public:
  // `adjacency` is a matrix of n rows of n entries.
  GraphForm(std::span<const std::int64_t> adjacency, std::size_t n);

  unsigned n_vertices() const { return static_cast<unsigned>(neighbours_.size()); }
  std::uint64_t neighbours(unsigned v) const { return neighbours_[v]; } // bit u is set if u is adjacent to v

 private:
  std::vector<std::uint64_t> neighbours_;
};

// The rank over GF(2) of the adjacency matrix's rows in `subset` and columns outside.
unsigned cut_rank(const GraphForm& graph, std::uint64_t subset);

struct LinearLayout {
  unsigned width;
  std::vector<std::int32_t> order;
};

// The least over all orders of the vertices of the largest cut-rank of a prefix, and the first order that has it.
LinearLayout linear_rank_width(const GraphForm& graph, std::size_t threads);

// The least decision diagram of q over all orders, and the first order that has it.
ObddOrder minimum_form_obdd(const GraphForm& graph, std::size_t threads);

// The size under one order, and an order that moving any one variable does not improve.
std::size_t form_obdd_size(const GraphForm& graph, std::span<const std::int64_t> order);
ObddOrder sift(const GraphForm& graph);

} // namespace retrodict
