#include "trees/quartets.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "trees/distance_matrix.hpp"

namespace retrodict {

namespace {

// Quartets a < b < c < d of a fixed d. A plain loop over a, for the compiler to vectorise: sums of integers may have
// any order.
void compare_below(DistanceMatrix& first, DistanceMatrix& second, std::size_t d, QuartetCounts& counts) {
  const double *const first_d = first.row(d), *const second_d = second.row(d);
  for (std::size_t c = 2; c < d; ++c) {
    const double *const first_c = first.row(c), *const second_c = second.row(c);
    const double f_cd = first_c[d], s_cd = second_c[d];
    for (std::size_t b = 1; b < c; ++b) {
      const double *const first_b = first.row(b), *const second_b = second.row(b);
      const double f_bd = first_b[d], f_bc = first_b[c], s_bd = second_b[d], s_bc = second_b[c];
      std::uint64_t in_first = 0, in_second = 0, both = 0, alike = 0;
      for (std::size_t a = 0; a < b; ++a) {
        const double x = first_b[a] + f_cd, y = first_c[a] + f_bd, z = first_d[a] + f_bc;
        const double u = second_b[a] + s_cd, v = second_c[a] + s_bd, w = second_d[a] + s_bc;
        const bool x_least = (x < y) & (x < z), y_least = (y < x) & (y < z), z_least = (z < x) & (z < y);
        const bool u_least = (u < v) & (u < w), v_least = (v < u) & (v < w), w_least = (w < u) & (w < v);
        const bool here = x_least | y_least | z_least, there = u_least | v_least | w_least;
        in_first += here;
        in_second += there;
        both += here & there;
        alike += (x_least & u_least) | (y_least & v_least) | (z_least & w_least);
      }
      counts.first += in_first;
      counts.second += in_second;
      counts.alike += alike;
      counts.different += both - alike;
    }
  }
}

} // namespace

void four_point(std::span<const double> distances, std::size_t n, std::span<const std::int64_t> quartets,
                std::size_t threads, FourPoints out) {
  DistanceMatrix d(distances, n, threads);
  constexpr std::size_t quartets_per_block = 4096;
  for_blocks(quartets.size() / 4, quartets_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t k = begin; k < end; ++k) {
      std::array<std::size_t, 4> q;
      for (std::size_t j = 0; j < 4; ++j) {
        const std::int64_t taxon = quartets[4 * k + j];
        require(taxon >= 0 && static_cast<std::size_t>(taxon) < n, "quartets[", k, ", ", j, "] = ", taxon,
                ": a taxon is at least 0 and less than ", n);
        q[j] = static_cast<std::size_t>(taxon);
        for (std::size_t i = 0; i < j; ++i)
          require(q[i] != q[j], "quartets[", k, ", ", j, "] = ", taxon, ": the four taxa of a quartet differ");
      }
      const double x = d.row(q[0])[q[1]] + d.row(q[2])[q[3]], y = d.row(q[0])[q[2]] + d.row(q[1])[q[3]],
                   z = d.row(q[0])[q[3]] + d.row(q[1])[q[2]];
      const double least = std::min({x, y, z}), second = std::max(std::min(x, y), std::min(std::max(x, y), z));
      out.partner[k] = static_cast<std::int8_t>(least == second ? 0 : x == least ? 1 : y == least ? 2 : 3);
      out.gap[k] = std::ldexp(second - least, d.exponent);
    }
  });
}

QuartetCounts compare_quartets(std::span<const double> first, std::span<const double> second, std::size_t n,
                               std::size_t threads) {
  DistanceMatrix x(first, n, threads), y(second, n, threads);
  std::vector<QuartetCounts> parts(worker_count(n, 1, threads));
  const SimdLevel level = simd_level();
  for_blocks(n, 1, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    for (std::size_t d = begin; d < end; ++d)
      vectorised(level, [&]<int> { compare_below(x, y, n - 1 - d, parts[worker]); });
  });
  QuartetCounts all;
  for (const QuartetCounts& part : parts) {
    all.first += part.first;
    all.second += part.second;
    all.alike += part.alike;
    all.different += part.different;
  }
  return all;
}

std::vector<double> edges_between(const Tree& tree, std::span<const std::int32_t> columns) {
  const std::size_t n = tree.n_leaves();
  require(columns.size() == n, "columns has ", columns.size(), " entries: the tree has ", n, " leaves");
  std::vector<std::size_t> row(n, n);
  for (std::size_t c = 0; c < n; ++c) {
    const std::int32_t column = columns[c];
    require(column >= 0 && static_cast<std::size_t>(column) < n && row[static_cast<std::size_t>(column)] == n,
            "columns[", c, "] = ", column, ": columns are a permutation of 0 ... ", n - 1);
    row[static_cast<std::size_t>(column)] = c;
  }
  std::vector<double> edges(n * n);
  std::vector<std::int64_t> away(tree.n_nodes());
  for (std::size_t from = 0; from < n; ++from) {
    std::ranges::fill(away, -1);
    std::int64_t steps = 0;
    for (std::int32_t v = tree.leaves()[from]; v >= 0; v = tree.parent()[static_cast<std::size_t>(v)])
      away[static_cast<std::size_t>(v)] = steps++;
    for (std::size_t v = 0; v < tree.n_nodes(); ++v) {
      if (away[v] < 0) away[v] = away[static_cast<std::size_t>(tree.parent()[v])] + 1;
      if (tree.leaf_index(v) >= 0)
        edges[row[from] * n + row[static_cast<std::size_t>(tree.leaf_index(v))]] = static_cast<double>(away[v]);
    }
  }
  return edges;
}

} // namespace retrodict
