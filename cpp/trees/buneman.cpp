// How it works (after Berry and Bryant, 1999, recalled).
//
// Taxa come one by one. Without the last taxon x a split that is isolated is isolated, or trivial; so each edge of the
// tree so far, with a side A and a side B, gives two splits to try, and only quartets with x are new. For A + x | B
// they are ax | bb' with a in A and b, b' in B. For a fixed a, the least gap of those, for all edges with a on the near
// side, is found from the leaves up in the tree hung from a: each pair bb' counts where it meets, at one node, and an
// edge takes the least of the node below it and of the edges below that. So a taxon costs the pairs bb' for each a.
//
// Leaves stand in the order of a walk around the tree, which begins at taxon 0. What is on one side of an edge is then
// an interval of the circle; in rows that hold the circle twice it is contiguous.

#include "trees/buneman.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "trees/distance_matrix.hpp"

namespace retrodict {

namespace {

using simd::Doubles;
using simd::load;
using simd::splat;

constexpr double infinity = std::numeric_limits<double>::infinity();

// A split by its side without taxon 0, and its least gap: twice the isolation index.
struct Cluster {
  std::vector<std::size_t> members; // ascending
  double gap;
};

// The tree of some clusters, hung from taxon 0: node 0 is its neighbour, whose cluster is all other taxa; then the
// clusters by falling size, then the other taxa, each its own cluster.
struct Hung {
  std::vector<std::size_t> parent, begin, end; // of each node: the leaves below it are the positions begin ... end - 1
  std::vector<std::vector<std::size_t>> children;
  std::vector<std::size_t> order; // the taxon at each position, taxon 0 at the first

  Hung(std::span<const Cluster> clusters, std::size_t n);
  std::size_t size() const { return parent.size(); }
};

Hung::Hung(std::span<const Cluster> clusters, std::size_t n) {
  const std::size_t inner = clusters.size() + 1, nodes = inner + n - 1;
  parent.resize(nodes);
  begin.resize(nodes);
  end.resize(nodes);
  children.resize(nodes);
  std::vector<std::size_t> smallest(n, 0); // node with the smallest cluster so far that has the taxon
  const auto hang = [&](std::size_t node, std::size_t member) {
    parent[node] = smallest[member];
    children[parent[node]].push_back(node);
  };
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    hang(k + 1, clusters[k].members.front());
    for (const std::size_t taxon : clusters[k].members) smallest[taxon] = k + 1;
  }
  for (std::size_t taxon = 1; taxon < n; ++taxon) hang(inner + taxon - 1, taxon);
  order.assign(1, 0);
  std::vector<std::size_t> waiting{0};
  while (!waiting.empty()) {
    const std::size_t v = waiting.back();
    waiting.pop_back();
    begin[v] = end[v] = order.size();
    if (v >= inner) order.push_back(v - inner + 1);
    // The last is visited first: intervals of children stand in reverse.
    waiting.insert(waiting.end(), children[v].begin(), children[v].end());
  }
  for (auto& nodes_below : children) std::ranges::reverse(nodes_below);
  for (std::size_t v = nodes; v-- > 0;) {
    if (v >= inner) end[v] = begin[v] + 1;
    if (v > 0) end[parent[v]] = std::max(end[parent[v]], end[v]);
  }
}

// What the taxon x does to a tree of n taxa.
class Arrival {
 public:
  Arrival(DistanceMatrix& distances, const Hung& tree, std::size_t x);

  // Of every node v: the least gap of ax | bb' with b, b' below v and a not, and with a below v and b, b' not.
  struct Gaps {
    std::vector<double> beside, below;
  };
  // Takes into `gaps` the quartets of the leaf at position p.
  template <int W> void add(std::size_t p, Gaps& gaps, std::vector<double>& least) const;

 private:
  template <int W> double across(std::size_t p, std::size_t begin, std::size_t middle, std::size_t end) const;

  const Hung& tree_;
  std::size_t n_, stride_;
  std::vector<double> rows_, to_x_; // by position, each row twice
};

Arrival::Arrival(DistanceMatrix& distances, const Hung& tree, std::size_t x)
    : tree_(tree), n_(tree.order.size()), stride_(2 * n_), rows_(n_ * stride_), to_x_(stride_) {
  const double* const from_x = distances.row(x);
  for (std::size_t i = 0; i < n_; ++i) {
    const double* const from = distances.row(tree.order[i]);
    for (std::size_t j = 0; j < n_; ++j) rows_[i * stride_ + j] = rows_[i * stride_ + n_ + j] = from[tree.order[j]];
    to_x_[i] = to_x_[n_ + i] = from_x[tree.order[i]];
  }
}

// The least gap of ax | bb', a at position p, b in begin ... middle - 1 and b' in middle ... end - 1. Sums are compared
// as they are rounded, and their difference has the right sign: no quartet is resolved in two ways.
template <int W> double Arrival::across(std::size_t p, std::size_t begin, std::size_t middle, std::size_t end) const {
  std::size_t i = begin, i_end = middle, first = middle, last = end;
  if (middle - begin > end - middle) i = middle, i_end = end, first = begin, last = middle;
  const double *const from_a = &rows_[p * stride_], *const from_x = to_x_.data();
  const double apart = from_x[p];
  Doubles<W> low = splat<W>(infinity);
  double found = infinity;
  for (; i < i_end; ++i) {
    const double* const row = &rows_[(i < n_ ? i : i - n_) * stride_];
    const double a = from_a[i], x = from_x[i];
    std::size_t j = first;
    for (; j + W <= last; j += W) {
      const Doubles<W> one = a + load<W>(from_x + j), other = x + load<W>(from_a + j);
      const Doubles<W> gap = (one < other ? one : other) - (apart + load<W>(row + j));
      low = gap < low ? gap : low;
    }
    for (; j < last; ++j) found = std::min(found, std::min(a + from_x[j], x + from_a[j]) - (apart + row[j]));
  }
  for (int l = 0; l < W; ++l) found = std::min(found, low[l]);
  return found;
}

template <int W> void Arrival::add(std::size_t p, Gaps& gaps, std::vector<double>& least) const {
  const auto holds = [&](std::size_t v) { return tree_.begin[v] <= p && p < tree_.end[v]; };
  // Nodes that are not above a: from the leaves up, in the order of the circle from a on.
  for (std::size_t v = tree_.size(); v-- > 0;) {
    if (holds(v)) continue;
    const std::size_t shift = tree_.end[v] <= p ? n_ : 0;
    double low = infinity;
    for (const std::size_t child : tree_.children[v]) {
      low = std::min(low, least[child]);
      if (tree_.begin[child] > tree_.begin[v])
        low = std::min(low, across<W>(p, tree_.begin[v] + shift, tree_.begin[child] + shift, tree_.end[child] + shift));
    }
    least[v] = low;
    gaps.beside[v] = std::min(gaps.beside[v], low);
  }
  if (p == 0) return;
  // Edges above a, from the highest down: beyond them are the leaves from the end of the node around to its begin.
  std::vector<std::size_t> path;
  for (std::size_t v = 0;;) {
    path.push_back(v);
    const auto& below = tree_.children[v];
    if (below.empty()) break;
    v = *std::ranges::find_if(below, holds);
  }
  double beyond = infinity;
  for (std::size_t k = 0; k < path.size(); ++k) {
    const std::size_t v = path[k];
    if (k > 0) {
      // The parts beyond v, in the order of the circle: siblings after it, what is beyond the parent, siblings before.
      const std::size_t above = path[k - 1], start = tree_.end[v];
      const auto take = [&](std::size_t begin, std::size_t end) {
        if (begin > start && end > begin) beyond = std::min(beyond, across<W>(p, start, begin, end));
      };
      const auto& siblings = tree_.children[above];
      for (const std::size_t sibling : siblings)
        if (sibling != v) beyond = std::min(beyond, least[sibling]);
      for (const std::size_t sibling : siblings)
        if (tree_.begin[sibling] >= start) take(tree_.begin[sibling], tree_.end[sibling]);
      take(tree_.end[above], tree_.begin[above] + n_);
      for (const std::size_t sibling : siblings)
        if (tree_.end[sibling] <= tree_.begin[v]) take(tree_.begin[sibling] + n_, tree_.end[sibling] + n_);
    }
    gaps.below[v] = std::min(gaps.below[v], beyond);
  }
}

// The splits of positive gap with x, from those without.
std::vector<Cluster> arrive(DistanceMatrix& distances, std::span<const Cluster> clusters, std::size_t x,
                            std::size_t threads) {
  const Hung tree(clusters, x);
  const Arrival arrival(distances, tree, x);
  constexpr std::size_t leaves_per_block = 16;
  const std::vector<double> none(tree.size(), infinity);
  std::vector<Arrival::Gaps> parts(worker_count(x, leaves_per_block, threads), {none, none});
  const SimdLevel level = simd_level();
  for_blocks(x, leaves_per_block, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    std::vector<double> least(tree.size());
    for (std::size_t p = begin; p < end; ++p)
      vectorised(level, [&]<int W> { arrival.add<W>(p, parts[worker], least); });
  });
  std::vector<Cluster> found;
  const auto keep = [&](std::vector<std::size_t> members, double gap) {
    if (gap > 0 && members.size() >= 2 && members.size() < x) found.push_back({std::move(members), gap});
  };
  for (std::size_t v = 0; v < tree.size(); ++v) {
    const bool is_cluster = 0 < v && v <= clusters.size();
    double beside = is_cluster ? clusters[v - 1].gap : infinity, below = beside;
    for (const Arrival::Gaps& part : parts) {
      beside = std::min(beside, part.beside[v]);
      below = std::min(below, part.below[v]);
    }
    std::vector<std::size_t> members(tree.order.begin() + static_cast<std::ptrdiff_t>(tree.begin[v]),
                                     tree.order.begin() + static_cast<std::ptrdiff_t>(tree.end[v]));
    std::ranges::sort(members);
    keep(members, beside);
    members.push_back(x);
    keep(std::move(members), below);
  }
  std::ranges::sort(found, [](const Cluster& a, const Cluster& b) {
    return a.members.size() != b.members.size() ? a.members.size() > b.members.size() : a.members < b.members;
  });
  return found;
}

// The isolation index, doubled, of {a} and the rest.
double gap_at_leaf(DistanceMatrix& d, std::size_t n, std::size_t a) {
  double least = infinity;
  const double* const from_a = d.row(a);
  vectorised(simd_level(), [&]<int W> {
    for (std::size_t b = 0; b < n; ++b) {
      if (b == a) continue;
      const double* const row = d.row(b);
      for (std::size_t c = 0; c < b; ++c)
        if (c != a) least = std::min(least, from_a[b] + from_a[c] - row[c]);
    }
  });
  return least;
}

} // namespace

BunemanTree buneman_tree(std::span<const double> distances, std::size_t n, std::size_t threads) {
  require(n >= 3, "distances is for ", n, " taxa: a Buneman tree needs at least 3");
  DistanceMatrix d(distances, n, threads);
  std::vector<Cluster> clusters;
  // One taxon a step, on this thread, so that Ctrl-C is looked for.
  for_blocks(n - 3, 1, 1,
             [&](std::size_t step, std::size_t, std::size_t) { clusters = arrive(d, clusters, step + 3, threads); });
  const Hung tree(clusters, n);
  const std::size_t inner = clusters.size() + 1;
  BunemanTree found{std::vector<std::int32_t>(inner + n, -1), std::vector<double>(inner + n, 0)};
  found.parent[inner] = 0;
  for (std::size_t v = 1; v < tree.size(); ++v) {
    const std::size_t node = v < inner ? v : v + 1;
    found.parent[node] = static_cast<std::int32_t>(tree.parent[v]);
    if (v < inner) found.lengths[node] = std::ldexp(clusters[v - 1].gap / 2, d.exponent);
  }
  for (std::size_t a = 0; a < n; ++a) found.lengths[inner + a] = std::ldexp(gap_at_leaf(d, n, a) / 2, d.exponent);
  return found;
}

} // namespace retrodict
