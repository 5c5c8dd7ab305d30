#include "trees/distance_matrix.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <vector>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using simd::Doubles;
using simd::load;

constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_distance(double x) { return (x >= 0) & (x < infinity); }

double* allocate(std::size_t bytes) {
  constexpr std::size_t page = std::size_t{1} << 21;
  const std::size_t whole = (bytes + page - 1) / page * page;
  void* const memory = std::aligned_alloc(page, whole);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (bytes >= page) madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return static_cast<double*>(memory);
}

// Of rows begin ... end - 1, up to the diagonal.
void require_symmetry(std::span<const double> distances, std::size_t n, std::size_t begin, std::size_t end) {
  constexpr std::size_t side = 16; // of squares, which stay in cache
  for (std::size_t left = 0; left < end; left += side)
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t j = left; j < std::min(left + side, i); ++j) {
        const double x = distances[i * n + j], y = distances[j * n + i];
        if (x == y || !is_distance(x) || !is_distance(y)) continue; // the latter are named with their own rows
        reject("distances[", j, ", ", i, "] = ", shortest(y), " and distances[", i, ", ", j, "] = ", shortest(x),
               ": they must be equal");
      }
}

// Copies row i, and returns its largest entry.
double copy_row(std::span<const double> distances, std::size_t n, std::size_t i, DistanceMatrix& copy) {
  const double* const from = &distances[i * n];
  double* const to = copy.row(i);
  bool fine = from[i] == 0;
  double largest = 0;
  vectorised(simd_level(), [&]<int W> {
    Doubles<W> high{};
    auto wrong = high != high;
    std::size_t j = 0;
    for (; j + W <= n; j += W) {
      const Doubles<W> x = load<W>(from + j);
      simd::store(to + j, x);
      high = x > high ? x : high;
      wrong |= ~(x >= Doubles<W>{});
    }
    for (; j < n; ++j) {
      to[j] = from[j];
      largest = std::max(largest, from[j]);
      fine &= from[j] >= 0;
    }
    for (int l = 0; l < W; ++l) {
      largest = std::max(largest, high[l]);
      fine &= wrong[l] == 0;
    }
  });
  std::fill(to + n, to + copy.stride, 0.0);
  if (fine && largest < infinity) return largest;
  for (std::size_t j = 0; j < n; ++j)
    require(is_distance(from[j]), "distances[", i, ", ", j, "] = ", shortest(from[j]),
            ": a distance is finite and at least 0");
  reject("distances[", i, ", ", i, "] = ", shortest(from[i]), ": the distance to itself is 0");
}

} // namespace

DistanceMatrix::DistanceMatrix(std::span<const double> distances, std::size_t n, std::size_t threads)
    : stride(stride_of(n)), data(allocate(n * stride * sizeof(double))) {
  constexpr std::size_t rows = 64;
  std::vector<double> high(worker_count(n, rows, threads));
  for_blocks(n, rows, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    for (std::size_t i = begin; i < end; ++i) high[worker] = std::max(high[worker], copy_row(distances, n, i, *this));
    require_symmetry(distances, n, begin, end);
  });
  largest = *std::ranges::max_element(high);
  // Sums and products of numbers in these bounds stay well inside of doubles.
  if (largest == 0 || (largest > 0x1p-500 && largest < 0x1p500)) return;
  std::frexp(largest, &exponent);
  exponent = std::clamp(exponent, -1000, 1000); // so that the factor is a double
  const double factor = std::ldexp(1.0, -exponent);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) row(i)[j] *= factor;
  largest *= factor;
}

} // namespace retrodict
