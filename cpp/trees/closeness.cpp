#include "trees/closeness.hpp"

#include <limits>

#include "trees/bit_planes.hpp"
#include "trees/squares.hpp"

namespace retrodict {

namespace {

__extension__ typedef __int128 Integer;

double squared_correlation(std::span<const std::int64_t> counts, std::size_t q) {
  std::int64_t n = 0;
  std::vector<std::int64_t> rows(q), columns(q);
  for (std::size_t i = 0; i < q; ++i)
    for (std::size_t j = 0; j < q; ++j) {
      const std::int64_t count = counts[i * q + j];
      rows[i] += count;
      columns[j] += count;
      n += count;
    }
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  Integer square = 0; // n^4 times the sum, below 2^104
  for (std::size_t i = 0; i < q; ++i)
    for (std::size_t j = 0; j < q; ++j) {
      const std::int64_t excess = n * counts[i * q + j] - rows[i] * columns[j];
      square += static_cast<Integer>(excess) * excess;
    }
  const auto states = static_cast<Integer>(q);
  const Integer power = static_cast<Integer>(n) * n * n * n;
  return static_cast<double>(square * states * states) / static_cast<double>((states - 1) * power) -
         static_cast<double>(q - 1) / static_cast<double>(n);
}

} // namespace

template <class State>
std::vector<double> closeness(const Features<State>& features, bool renamed, std::size_t threads) {
  const std::size_t n = features.n_leaves, q = features.q;
  std::vector<double> close(n * n);
  if (!renamed) {
    correlations(features, threads, std::span(close));
    return close;
  }
  const JointCounts joint(features, threads);
  for_squares(n, threads, [&](std::size_t u, std::size_t v) {
    std::array<std::array<double, square_side>, square_side> estimates{};
    std::vector<std::int64_t> counts(q * q);
    for (std::size_t i = 0; i < std::min(square_side, n - u); ++i)
      for (std::size_t j = 0; j < std::min(square_side, n - v); ++j) {
        if (u + i >= v + j) continue;
        joint.count(u + i, v + j, std::span(counts));
        estimates[i][j] = squared_correlation(counts, q);
      }
    write_square(std::span(close), n, u, v, [&](std::size_t i, std::size_t j) { return estimates[i][j]; });
  });
  return close;
}

template std::vector<double> closeness(const Features<std::uint8_t>&, bool, std::size_t);
template std::vector<double> closeness(const Features<std::uint16_t>&, bool, std::size_t);

} // namespace retrodict
