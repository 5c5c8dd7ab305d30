// How it works, and why it is exact.
//
// With r nodes left and S_i the sum of row i, the pair i > j with the least Q_ij = (r - 2) d_ij - S_j - S_i is joined.
// Row i stands for its pairs with j < i. Let u_i = S_i / (r - 2); then Q_ij = (r - 2) (d_ij - u_j - u_i). When a row is
// scanned, the least d_ij - u_j over j < i is kept, and as long as no u_j has grown by more than g since then, the
// least is at least what was kept minus g. A join changes each u_j by something of the order of u / r: let A be the sum
// of the largest changes of all steps so far. So a row keeps b_i = (what was found) + A then, and b_i - A now is below
// its least d_ij - u_j. A column that a join makes anew comes into the bounds of the rows below it, and its own row is
// bounded afresh. Only rows whose bound does not exceed the best pair found so far are scanned again: a few in each
// step, where distances come from a tree. Pairs are compared by Q itself, computed in the same way whoever scans them;
// bounds are compared with some slack, above all that rounding can do to them. So the pairs that are joined are those
// of the plain algorithm.
//
// A joined pair takes the place of its smaller member; the other place is dead: its S is -infinity, so that its Q is
// infinite. When half of the places are dead, the matrix is packed.

#include "trees/neighbor_joining.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/simd.hpp"
#include "trees/distance_matrix.hpp"

namespace retrodict {

namespace {

using simd::Doubles;
using simd::load;
using simd::splat;

constexpr double infinity = std::numeric_limits<double>::infinity();

template <int W> Doubles<W> least(const Doubles<W>& a, const Doubles<W>& b) { return a < b ? a : b; }

template <int W> double least_of(const Doubles<W>& x) {
  double found = x[0];
  for (int l = 1; l < W; ++l) found = std::min(found, x[l]);
  return found;
}

// The least factor * d[j] - s[j], j < n.
template <int W> double least_term(const double* d, const double* s, double factor, std::size_t n) {
  const Doubles<W> f = splat<W>(factor);
  Doubles<W> a = splat<W>(infinity), b = a;
  std::size_t j = 0;
  for (; j + 2 * W <= n; j += 2 * W) {
    a = least<W>(a, f * load<W>(d + j) - load<W>(s + j));
    b = least<W>(b, f * load<W>(d + j + W) - load<W>(s + j + W));
  }
  double found = least_of<W>(least<W>(a, b));
  for (; j < n; ++j) found = std::min(found, factor * d[j] - s[j]);
  return found;
}

class Joining {
 public:
  Joining(std::span<const double> distances, std::size_t n, std::size_t threads);

  JoinedTree run();

 private:
  double sum_of_row(std::size_t i);
  void scan(std::size_t i);
  std::array<std::size_t, 2> nearest(); // i > j
  void join(std::size_t i, std::size_t j);
  void pack();
  void name(std::size_t place, std::size_t parent, double length);

  std::size_t n_, n_left_, width_; // places: width_, of which n_left_ are in use
  SimdLevel level_ = simd_level();
  DistanceMatrix d_;
  std::vector<double> sums_, bounds_; // of places: S, b; -inf and inf where dead, and beyond the width
  std::vector<double> below_, made_;  // scratch: bounds of Q; distances to the node that is made
  std::vector<std::int32_t> nodes_;
  std::vector<std::size_t> alive_; // the places in use, ascending
  double grown_ = 0, size_;        // A; see nearest()
  double best_ = 0; // the least Q of the rows that were scanned in this step, and the first of them that has it
  std::size_t best_row_ = 0;
  JoinedTree tree_;
};

Joining::Joining(std::span<const double> distances, std::size_t n, std::size_t threads)
    : n_(n), n_left_(n), width_(n), d_(distances, n, threads), size_(d_.largest) {
  sums_.assign(d_.stride, -infinity);
  bounds_.assign(d_.stride, infinity);
  below_.assign(d_.stride, infinity);
  made_.assign(d_.stride, 0);
  nodes_.resize(n);
  for (std::size_t i = 0; i < n; ++i) nodes_[i] = static_cast<std::int32_t>(n - 2 + i);
  alive_.resize(n);
  std::iota(alive_.begin(), alive_.end(), std::size_t{0});
  tree_.parent.assign(2 * n - 2, -1);
  tree_.lengths.assign(2 * n - 2, 0);

  constexpr std::size_t rows = 64;
  const double factor = static_cast<double>(n - 2);
  for_blocks(n, rows, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t i = begin; i < end; ++i) sums_[i] = sum_of_row(i);
  });
  for_blocks(n, rows, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t i = begin; i < end; ++i)
      vectorised(level_, [&]<int W> { bounds_[i] = least_term<W>(d_.row(i), sums_.data(), factor, i) / factor; });
  });
}

double Joining::sum_of_row(std::size_t i) {
  double sum = 0;
  vectorised(level_, [&]<int W> {
    Doubles<W> total{};
    for (std::size_t j = 0; j < d_.stride; j += W) total += load<W>(d_.row(i) + j);
    for (int l = 0; l < W; ++l) sum += total[l];
  });
  return sum;
}

// The least Q of row i, into the best.
void Joining::scan(std::size_t i) {
  const double factor = static_cast<double>(n_left_ - 2);
  double found = 0;
  vectorised(level_, [&]<int W> { found = least_term<W>(d_.row(i), sums_.data(), factor, i); });
  bounds_[i] = found / factor + grown_;
  const double q = found - sums_[i];
  if (q < best_ || (q == best_ && i < best_row_)) {
    best_ = q;
    best_row_ = i;
  }
}

std::array<std::size_t, 2> Joining::nearest() {
  // |d|, |u| / 2 and |A| are at most size_. A step rounds a few numbers like these in each bound, and where sums are
  // added up anew they change by as much as n_ steps have rounded: all together less than 100 * 2^-52 n_ size_.
  const double slack = 1e-12 * static_cast<double>(n_) * size_;
  const double factor = static_cast<double>(n_left_ - 2);
  const std::size_t end = simd::padded(width_);
  best_ = infinity;
  best_row_ = 0;
  double lowest = infinity;
  vectorised(level_, [&]<int W> {
    const Doubles<W> f = splat<W>(factor), shift = splat<W>(grown_ + slack);
    Doubles<W> low = splat<W>(infinity);
    for (std::size_t i = 0; i < end; i += W) {
      const Doubles<W> x = f * (load<W>(&bounds_[i]) - shift) - load<W>(&sums_[i]);
      simd::store(&below_[i], x);
      low = least<W>(low, x);
    }
    lowest = least_of<W>(low);
  });
  const auto first = static_cast<std::size_t>(std::ranges::find(below_, lowest) - below_.begin());
  scan(first);
  for (std::size_t start = 0; start < end; start += 16) {
    bool any = false;
    for (std::size_t i = start; i < start + 16; ++i) any |= below_[i] <= best_;
    if (!any) continue;
    for (std::size_t i = start; i < start + 16; ++i)
      if (below_[i] <= best_ && i != first) scan(i);
  }
  const double* const row = d_.row(best_row_);
  const double wanted = best_;
  for (std::size_t j = 0; j < best_row_; ++j)
    if (factor * row[j] - sums_[j] - sums_[best_row_] == wanted) return {best_row_, j};
  throw std::overflow_error("distances between joined nodes left the range of doubles");
}

void Joining::name(std::size_t place, std::size_t parent, double length) {
  const auto node = static_cast<std::size_t>(nodes_[place]);
  tree_.parent[node] = static_cast<std::int32_t>(parent);
  tree_.lengths[node] = std::ldexp(length, d_.exponent);
}

void Joining::join(std::size_t i, std::size_t j) {
  const double apart = d_.row(i)[j], r = static_cast<double>(n_left_);
  const double above_i = (apart + (sums_[i] - sums_[j]) / (r - 2)) / 2;
  const std::size_t node = n_left_ - 3;
  name(i, node, above_i);
  name(j, node, apart - above_i);
  nodes_[j] = static_cast<std::int32_t>(node);

  sums_[i] = sums_[j] = -infinity; // while the others are updated
  bounds_[i] = infinity;
  alive_.erase(std::ranges::lower_bound(alive_, i));
  const std::size_t end = simd::padded(width_);
  double *const row_i = d_.row(i), *const row_j = d_.row(j);
  double sum = 0, growth = -infinity, largest = 0;
  vectorised(level_, [&]<int W> {
    const Doubles<W> d = splat<W>(apart), half = splat<W>(0.5), never = splat<W>(-infinity), none{};
    const Doubles<W> before = splat<W>(1 / (r - 2)), after = splat<W>(1 / (r - 3));
    Doubles<W> total{}, most = never, high{};
    for (std::size_t k = 0; k < end; k += W) {
      const Doubles<W> both = load<W>(row_i + k) + load<W>(row_j + k), old = load<W>(&sums_[k]);
      const auto alive = old > never;
      const Doubles<W> to_node = alive ? (both - d) * half : none;
      const Doubles<W> now = old - (both + d) * half;
      simd::store(&made_[k], to_node);
      simd::store(&sums_[k], now);
      total += to_node;
      const Doubles<W> size = to_node < none ? -to_node : to_node;
      high = size > high ? size : high;
      const Doubles<W> growth_of = alive ? now * after - old * before : never;
      most = growth_of > most ? growth_of : most;
    }
    for (int l = 0; l < W; ++l) {
      sum += total[l];
      growth = std::max(growth, most[l]);
      largest = std::max(largest, high[l]);
    }
  });
  --n_left_;
  grown_ += growth;
  size_ = std::max({size_, largest, std::abs(grown_)});
  sums_[j] = sum;
  const double u = sum / (r - 3);
  vectorised(level_, [&]<int W> {
    const Doubles<W> shift = splat<W>(grown_ - u);
    std::size_t k = (j + 1 + W - 1) / W * W;
    for (std::size_t l = j + 1; l < std::min(k, end); ++l) bounds_[l] = std::min(bounds_[l], made_[l] + (grown_ - u));
    for (; k < end; k += W) simd::store(&bounds_[k], least<W>(load<W>(&bounds_[k]), load<W>(&made_[k]) + shift));
    bounds_[j] = least_term<W>(made_.data(), sums_.data(), r - 3, j) / (r - 3) + grown_;
  });
  for (std::size_t k = 0; k < width_; ++k) bounds_[k] = sums_[k] > -infinity ? bounds_[k] : infinity;
  std::copy_n(made_.data(), width_, row_j);
  for (const std::size_t k : alive_) d_.row(k)[j] = made_[k];
}

// Leaves out the dead places, in place, row after row; sums are added up anew, which ends the growth of their errors.
void Joining::pack() {
  const std::vector<std::size_t> places = alive_;
  const std::size_t width = places.size(), stride = DistanceMatrix::stride_of(width);
  alive_.resize(width);
  std::iota(alive_.begin(), alive_.end(), std::size_t{0});
  for (std::size_t p = 0; p < width; ++p) {
    const double* const from = d_.row(places[p]);
    double* const to = d_.data.get() + p * stride;
    for (std::size_t q = 0; q < width; ++q) to[q] = from[places[q]];
    std::fill(to + width, to + stride, 0.0);
    bounds_[p] = bounds_[places[p]];
    nodes_[p] = nodes_[places[p]];
  }
  d_.stride = stride;
  width_ = width;
  for (std::size_t p = 0; p < width; ++p) sums_[p] = sum_of_row(p);
  std::fill(sums_.begin() + static_cast<std::ptrdiff_t>(width), sums_.end(), -infinity);
  std::fill(bounds_.begin() + static_cast<std::ptrdiff_t>(width), bounds_.end(), infinity);
  std::fill(below_.begin() + static_cast<std::ptrdiff_t>(width), below_.end(), infinity);
}

JoinedTree Joining::run() {
  // One block a step, on this thread, so that Ctrl-C is looked for.
  for_blocks(n_ - 3, 1, 1, [&](std::size_t, std::size_t, std::size_t) {
    const auto [i, j] = nearest();
    join(i, j);
    if (2 * n_left_ <= width_) pack();
  });
  for (std::size_t k = 0; k < 3; ++k) {
    const auto [a, b, c] = std::array{alive_[k], alive_[(k + 1) % 3], alive_[(k + 2) % 3]};
    name(a, 0, (d_.row(a)[b] + d_.row(a)[c] - d_.row(b)[c]) / 2);
  }
  return std::move(tree_);
}

} // namespace

JoinedTree neighbor_joining(std::span<const double> distances, std::size_t n, std::size_t threads) {
  require(n >= 3, "distances is for ", n, " taxa: neighbour joining needs at least 3");
  return Joining(distances, n, threads).run();
}

} // namespace retrodict
