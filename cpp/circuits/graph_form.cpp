// Linear rank-width. The cut-rank of a prefix is that of the set S of vertices that come after it. Let w(S) be the
// least over all orders of S of the largest cut-rank of a suffix: w(S) = max(cutrk(S), min over k in S of w(S - {k})),
// where k comes first; w of the set of all vertices is the answer. The first order that has it takes at each step the
// first k with w(S - {k}) at most the answer.
//
// Decision diagrams of q, exactly, without its truth table. The recursion over sets J of inputs that lie below is that
// of bdd_order.cpp, cost(J) = min over k in J of cost(J - {k}) + D(J, k), where D(J, k) is the number of subfunctions
// in F(J) that depend on k. Here D(J, k) is found by linear algebra. Let P be the vertices outside J, A the rows J and
// columns P of the adjacency matrix, b the bilinear form and q_P the quadratic form of the graph on P. Then
//     q(x) = q_J(x_J) + <A x_P, x_J> + q_P(x_P),
// so the members of F(J) are the pairs (A x_P, q_P(x_P)): for each of the 2^r vectors in the image of A, r the
// cut-rank, one or two. It is one if q_P is constant on the fibre, which is x + K for the kernel K of A:
//     q_P(x + k) = q_P(x) + b(x, k) + q_P(k),
// hence if b(x, k) = q_P(k) for all k in K. Such x exist only if q_P is linear on K, that is b(k, k') = 0 on K; then it
// suffices to ask it of a basis k_1, ..., k_d: these are d linear equations in x, which hold for whole fibres (as
// b(k, k') = 0). If they are consistent and of rank s, c = 2^(r - s) fibres have one value of q_P, else c = 0, and
//     |F(J)| = 2^(r + 1) - c, between 2^r and 2^(r + 1).
// A member depends on k in J always if k has a neighbour in J; else if coordinate k of A x_P, which is <a, x_P> for the
// neighbours a of k, is 1. If a = 0 that is never; else it is for half of the image, hence
//     D(J, k) = 2^r - c', where c' of the c fibres have <a, x> = 1:
// if a is a sum of the d equations' left-hand sides, c' is c or 0 as the sum of their right-hand sides is 1 or 0; else
// c' = c / 2.

#include "circuits/graph_form.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using Vertices = std::uint64_t;

constexpr std::size_t block_sets = std::size_t{1} << 12;

bool odd(Vertices set) { return std::popcount(set) & 1; }

Vertices all_of(unsigned n) { return n == 64 ? ~Vertices{0} : (Vertices{1} << n) - 1; }

template <class Use> void for_each(Vertices set, Use&& use) {
  for (; set != 0; set &= set - 1) use(static_cast<unsigned>(std::countr_zero(set)));
}

// Calls use(set) for the sets of each size from 1 on, all of one size before those of the next.
template <class Use> void by_size(unsigned n, std::size_t threads, Use&& use) {
  for (unsigned size = 1; size <= n; ++size)
    for_blocks(std::size_t{1} << n, block_sets, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t set = begin; set < end; ++set)
        if (static_cast<unsigned>(std::popcount(set)) == size) use(set);
    });
}

// Vectors over GF(2), each with what is added along when it is added to another; no two have the same lowest bit.
class Echelon {
 public:
  struct Row {
    Vertices vector, along;
  };

  // Adds rows so that the lowest bit of none of them is left in the vector.
  Row reduced(Row row) const {
    for (Vertices rest = row.vector & pivots_; rest != 0; rest = row.vector & pivots_) {
      const Row& pivot = rows_[static_cast<std::size_t>(std::countr_zero(rest))];
      row.vector ^= pivot.vector;
      row.along ^= pivot.along;
    }
    return row;
  }

  // False if the vector is a sum of those that are there.
  bool add(Row row) {
    row = reduced(row);
    if (row.vector == 0) return false;
    const int pivot = std::countr_zero(row.vector);
    pivots_ |= Vertices{1} << pivot;
    rows_[static_cast<std::size_t>(pivot)] = row;
    return true;
  }

  unsigned rank() const { return static_cast<unsigned>(std::popcount(pivots_)); }

 private:
  Vertices pivots_ = 0;
  std::array<Row, max_cut_vertices> rows_;
};

// What the comment above says of a set J.
class Cut {
 public:
  Cut(const GraphForm& graph, Vertices below) : graph_(graph), below_(below) {
    const Vertices above = all_of(graph.n_vertices()) & ~below;
    Echelon image;
    std::array<Vertices, max_cut_vertices> kernel;
    std::size_t dimension = 0;
    for_each(above, [&](unsigned p) {
      const auto row = image.reduced({graph.neighbours(p) & below, Vertices{1} << p});
      if (row.vector == 0)
        kernel[dimension++] = row.along;
      else
        image.add(row);
    });
    rank_ = image.rank();

    bool consistent = true;
    for (std::size_t i = 0; i < dimension && consistent; ++i) {
      Vertices left = 0;
      int edges_twice = 0;
      for_each(kernel[i], [&](unsigned p) {
        left ^= graph.neighbours(p) & above;
        edges_twice += std::popcount(graph.neighbours(p) & kernel[i]);
      });
      for (std::size_t j = 0; j < i; ++j) consistent = consistent && !odd(left & kernel[j]);
      const auto equation = equations_.reduced({left, static_cast<Vertices>(edges_twice / 2 & 1)});
      if (equation.vector != 0)
        equations_.add(equation);
      else
        consistent = consistent && equation.along == 0;
    }
    one_valued_ = consistent ? std::size_t{1} << (rank_ - equations_.rank()) : 0;
  }

  std::size_t members() const { return (std::size_t{2} << rank_) - one_valued_; }

  std::size_t dependent(unsigned k) const {
    const Vertices neighbours = graph_.neighbours(k);
    if (neighbours == 0) return 0;
    if ((neighbours & below_) != 0) return members();
    const auto rest = equations_.reduced({neighbours, 0});
    const std::size_t among = rest.vector != 0 ? one_valued_ / 2 : rest.along != 0 ? one_valued_ : 0;
    return (std::size_t{1} << rank_) - among;
  }

 private:
  const GraphForm& graph_;
  Vertices below_;
  unsigned rank_ = 0;
  Echelon equations_;
  std::size_t one_valued_ = 0; // c
};

Sizes level_sizes(const GraphForm& graph, const Order& upwards) {
  Sizes sizes;
  Vertices below = 0;
  for (const std::int32_t input : upwards) {
    below |= Vertices{1} << input;
    sizes.push_back(Cut(graph, below).dependent(static_cast<unsigned>(input)));
  }
  return sizes;
}

// As in sifting.cpp: the chains of sets without and with x.
Sizes size_by_place(const GraphForm& graph, const Order& others, unsigned x) {
  Vertices chain = 0;
  const Vertices x_alone = Vertices{1} << x;
  Sizes size{Cut(graph, x_alone).dependent(x)}, if_x_is_below{0};
  std::size_t below = 0;
  for (const std::int32_t input : others) {
    const auto k = static_cast<unsigned>(input);
    chain |= Vertices{1} << k;
    below += Cut(graph, chain).dependent(k);
    const Cut with_x(graph, chain | x_alone);
    size.push_back(below + with_x.dependent(x));
    if_x_is_below.push_back(with_x.dependent(k));
  }
  std::size_t above = 0;
  for (std::size_t i = size.size(); i-- > 0; above += if_x_is_below[i]) size[i] += above;
  return size;
}

} // namespace

GraphForm::GraphForm(std::span<const std::int64_t> adjacency, std::size_t n) : neighbours_(n) {
  require(n <= max_cut_vertices, "adjacency has ", n, " rows: a graph has at most ", max_cut_vertices, " vertices");
  for (std::size_t u = 0; u < n; ++u)
    for (std::size_t v = 0; v < n; ++v) {
      const std::int64_t entry = adjacency[u * n + v];
      require(entry == 0 || entry == 1, "adjacency[", u, ", ", v, "] = ", entry, ": an entry is 0 or 1");
      require(entry == adjacency[v * n + u], "adjacency[", u, ", ", v, "] = ", entry, ", adjacency[", v, ", ", u,
              "] = ", adjacency[v * n + u], ": the matrix is symmetric");
      require(u != v || entry == 0, "adjacency[", u, ", ", u, "] = 1: no vertex is joined to itself");
      neighbours_[u] |= static_cast<Vertices>(entry) << v;
    }
}

unsigned cut_rank(const GraphForm& graph, Vertices subset) {
  const Vertices outside = all_of(graph.n_vertices()) & ~subset;
  Echelon rows;
  for_each(subset, [&](unsigned v) { rows.add({graph.neighbours(v) & outside, 0}); });
  return rows.rank();
}

LinearLayout linear_rank_width(const GraphForm& graph, std::size_t threads) {
  const unsigned n = graph.n_vertices();
  require(n <= max_rank_width_vertices, "adjacency has ", n, " rows: exact linear rank-width goes to ",
          max_rank_width_vertices, " vertices; time and memory grow as 2^n");
  const Vertices all = all_of(n);
  std::vector<std::uint8_t> width(all + 1, 0);
  by_size(n, threads, [&](Vertices set) {
    std::uint8_t least = std::numeric_limits<std::uint8_t>::max();
    for_each(set, [&](unsigned k) { least = std::min(least, width[set & ~(Vertices{1} << k)]); });
    const bool small = 2 * static_cast<unsigned>(std::popcount(set)) <= n; // the rank is that of the other side too
    width[set] = std::max(least, static_cast<std::uint8_t>(cut_rank(graph, small ? set : all & ~set)));
  });

  LinearLayout layout{width[all], {}};
  for (Vertices set = all; set != 0;) {
    unsigned k = 0;
    while ((set >> k & 1) == 0 || width[set & ~(Vertices{1} << k)] > layout.width) ++k;
    layout.order.push_back(static_cast<std::int32_t>(k));
    set &= ~(Vertices{1} << k);
  }
  return layout;
}

ObddOrder minimum_form_obdd(const GraphForm& graph, std::size_t threads) {
  const unsigned n = graph.n_vertices();
  require(n <= max_form_vertices, "adjacency has ", n, " rows: the exact minimum over all orders goes to ",
          max_form_vertices, " vertices; time and memory grow as 2^n");
  const Vertices all = all_of(n);
  std::vector<std::uint32_t> cost(all + 1, 0);
  std::vector<std::uint8_t> top(all + 1, 0);
  by_size(n, threads, [&](Vertices set) {
    const Cut cut(graph, set);
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for_each(set, [&](unsigned k) {
      const std::size_t nodes = cost[set & ~(Vertices{1} << k)] + cut.dependent(k);
      if (nodes < least) {
        least = nodes;
        top[set] = static_cast<std::uint8_t>(k);
      }
    });
    cost[set] = static_cast<std::uint32_t>(least);
  });

  ObddOrder best{cost[all], {}};
  for (Vertices set = all; set != 0; set &= ~(Vertices{1} << top[set])) best.order.push_back(top[set]);
  return best;
}

std::size_t form_obdd_size(const GraphForm& graph, std::span<const std::int64_t> order) {
  const unsigned n = graph.n_vertices();
  require(order.size() == n, "order has ", order.size(), " entries: the graph has ", n, " vertices");
  return sum(level_sizes(graph, upwards_of(order, n)));
}

ObddOrder sift(const GraphForm& graph) {
  return sift(
      graph.n_vertices(), [&](const Order& upwards) { return level_sizes(graph, upwards); },
      [&](const Order& others, unsigned x) { return size_by_place(graph, others, x); });
}

} // namespace retrodict
