// Agreements of two leaves are counted on the binary digits of their states: they differ where a digit does. Joint
// counts are counted on indicators of the states but the last; what is missing of a table of counts follows from its
// margins.

#include "trees/distances.hpp"

#include <cmath>
#include <limits>

#include "core/simd.hpp"
#include "trees/bit_planes.hpp"
#include "trees/squares.hpp"

namespace retrodict {

namespace {

// Of every pair of a square: in how many features it is observed, and in how many of those it differs.
struct Counts {
  std::array<std::array<std::uint64_t, square_side>, square_side> observed, differ;
};

// The numbers of differences between two leaves and four others, of which each has so many planes: eight sums at a
// time, because a word that is loaded for one comparison costs as much as the comparison.
template <int Planes>
std::array<std::array<std::uint64_t, 4>, 2> differences(const std::array<const std::uint64_t*, 2>& a,
                                                        const std::array<const std::uint64_t*, 4>& b,
                                                        std::size_t words) {
  std::uint64_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  const auto apart = [words](std::size_t w, const std::uint64_t* one, const std::uint64_t* other) {
    std::uint64_t bits = one[w] ^ other[w];
    if constexpr (Planes == 2) bits |= one[words + w] ^ other[words + w];
    return static_cast<std::uint64_t>(std::popcount(bits));
  };
  for (std::size_t w = 0; w < words; ++w) {
    s00 += apart(w, a[0], b[0]);
    s01 += apart(w, a[0], b[1]);
    s02 += apart(w, a[0], b[2]);
    s03 += apart(w, a[0], b[3]);
    s10 += apart(w, a[1], b[0]);
    s11 += apart(w, a[1], b[1]);
    s12 += apart(w, a[1], b[2]);
    s13 += apart(w, a[1], b[3]);
  }
  return {{{s00, s01, s02, s03}, {s10, s11, s12, s13}}};
}

// What masks hide, and what has more planes: the numbers of features that show both, and of differences among them.
std::array<std::uint64_t, 2> masked_differences(const BitPlanes& planes, std::size_t u, std::size_t v) {
  const std::size_t words = planes.words(), n_planes = planes.n_planes();
  const std::uint64_t *const a = planes.plane(u, 0), *const b = planes.plane(v, 0);
  const std::uint64_t *const seen = planes.observed(u), *const shown = planes.observed(v);
  std::uint64_t observed = 0, differ = 0;
  for (std::size_t first = 0; first < words; first += 8) {
    std::array<std::uint64_t, 8> apart{};
    for (std::size_t p = 0; p < n_planes; ++p)
      for (std::size_t w = 0; w < 8; ++w) apart[w] |= a[p * words + first + w] ^ b[p * words + first + w];
    for (std::size_t w = 0; w < 8; ++w) {
      const std::uint64_t both = seen[first + w] & shown[first + w];
      differ += static_cast<std::uint64_t>(std::popcount(apart[w] & both));
      observed += static_cast<std::uint64_t>(std::popcount(both));
    }
  }
  return {observed, differ};
}

void count_square(const BitPlanes& planes, std::size_t n_features, std::size_t n_leaves, std::size_t u, std::size_t v,
                  Counts& counts) {
  const std::size_t words = planes.words(), n_planes = planes.n_planes();
  const std::size_t rows = std::min(square_side, n_leaves - u), columns = std::min(square_side, n_leaves - v);
  if (!planes.all_observed() || n_planes > 2) {
    with_popcount([&] {
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
          const auto [observed, differ] = masked_differences(planes, u + i, v + j);
          counts.observed[i][j] = observed;
          counts.differ[i][j] = differ;
        }
    });
    return;
  }
  for (auto& row : counts.observed) row.fill(n_features);
  const auto row_of = [&](std::size_t i) { return planes.plane(u + std::min(i, rows - 1), 0); };
  const auto column_of = [&](std::size_t j) { return planes.plane(v + std::min(j, columns - 1), 0); };
  with_popcount([&] {
    for (std::size_t i = 0; i < rows; i += 2)
      for (std::size_t j = 0; j < columns; j += 4) {
        const std::array a{row_of(i), row_of(i + 1)};
        const std::array b{column_of(j), column_of(j + 1), column_of(j + 2), column_of(j + 3)};
        const auto eight = n_planes == 1 ? differences<1>(a, b, words) : differences<2>(a, b, words);
        for (std::size_t r = 0; r < 2; ++r)
          for (std::size_t c = 0; c < 4; ++c) counts.differ[i + r][j + c] = eight[r][c];
      }
  });
}

template <class State> BitPlanes digits(const Features<State>& features, std::size_t threads) {
  require_features(features);
  return {features, static_cast<std::size_t>(std::bit_width(features.q - 1)), threads,
          [](State x, std::size_t p) { return x >> p & 1; }};
}

// Rounded once: numerator and denominator are integers below 2^53.
double correlation(std::uint64_t observed, std::uint64_t differ, std::size_t q) {
  const auto k = static_cast<double>(observed), others = static_cast<double>(q - 1);
  return (others * k - static_cast<double>(q) * static_cast<double>(differ)) / (others * k);
}

// What a distance table holds for an estimate.
double within(double estimate, double cap) { return estimate <= cap ? estimate : cap; }

} // namespace

template <class State> void correlations(const Features<State>& features, std::size_t threads, std::span<double> out) {
  const BitPlanes planes = digits(features, threads);
  const std::size_t n = features.count(), n_leaves = features.n_leaves;
  for_squares(n_leaves, threads, [&](std::size_t u, std::size_t v) {
    Counts counts;
    count_square(planes, n, n_leaves, u, v, counts);
    write_square(out, n_leaves, u, v, [&](std::size_t i, std::size_t j) {
      return u + i == v + j ? 1.0 : correlation(counts.observed[i][j], counts.differ[i][j], features.q);
    });
  });
}

template <class State>
void correlation_distances(const Features<State>& features, double cap, std::size_t threads, DistanceTable out) {
  const BitPlanes planes = digits(features, threads);
  const std::size_t n = features.count(), n_leaves = features.n_leaves;
  const auto distance = [q = features.q](std::uint64_t observed, std::uint64_t differ) {
    const double c = correlation(observed, differ, q);
    return c > 0 ? -std::log(c) + 0.0 : std::numeric_limits<double>::infinity(); // and no -0
  };
  std::vector<double> known; // by the number of differences, where every pair has all features
  if (planes.all_observed())
    for (std::size_t differ = 0; differ <= n; ++differ) known.push_back(distance(n, differ));
  for_squares(n_leaves, threads, [&](std::size_t u, std::size_t v) {
    Counts counts;
    count_square(planes, n, n_leaves, u, v, counts);
    std::array<std::array<double, square_side>, square_side> estimates;
    for (std::size_t i = 0; i < std::min(square_side, n_leaves - u); ++i)
      for (std::size_t j = 0; j < std::min(square_side, n_leaves - v); ++j)
        estimates[i][j] = u + i == v + j  ? 0.0
                          : known.empty() ? distance(counts.observed[i][j], counts.differ[i][j])
                                          : known[counts.differ[i][j]];
    write_square(out.values, n_leaves, u, v,
                 [&](std::size_t i, std::size_t j) { return within(estimates[i][j], cap); });
    write_square(out.capped, n_leaves, u, v,
                 [&](std::size_t i, std::size_t j) { return static_cast<std::uint8_t>(!(estimates[i][j] <= cap)); });
  });
}

namespace {

// log |det| of an n x n matrix, row by row, by elimination with complete pivoting; -inf where it cannot be told from a
// singular one: where a pivot is below 2^-40 of the first. Overwrites the matrix.
double log_abs_det(std::span<double> matrix, std::size_t n) {
  constexpr double negligible = 0x1p-40;
  double sum = 0, first = 0;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t row = k, column = k;
    for (std::size_t i = k; i < n; ++i)
      for (std::size_t j = k; j < n; ++j)
        if (std::abs(matrix[i * n + j]) > std::abs(matrix[row * n + column])) row = i, column = j;
    const double pivot = std::abs(matrix[row * n + column]);
    if (k == 0) first = pivot;
    if (!(pivot > negligible * first)) return -std::numeric_limits<double>::infinity();
    sum += std::log(pivot);
    for (std::size_t j = 0; j < n; ++j) std::swap(matrix[row * n + j], matrix[k * n + j]);
    for (std::size_t i = 0; i < n; ++i) std::swap(matrix[i * n + column], matrix[i * n + k]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = matrix[i * n + k] / matrix[k * n + k];
      for (std::size_t j = k + 1; j < n; ++j) matrix[i * n + j] -= factor * matrix[k * n + j];
    }
  }
  return sum;
}

// The estimate from q x q joint counts; +inf where a state is missing or the determinant vanishes. With counts in place
// of frequencies the powers of their sum cancel. Overwrites the counts.
double log_det_distance(std::span<double> counts, std::size_t q) {
  double margins = 0;
  for (std::size_t i = 0; i < q; ++i) {
    double row = 0, column = 0;
    for (std::size_t j = 0; j < q; ++j) {
      row += counts[i * q + j];
      column += counts[j * q + i];
    }
    margins += std::log(row) + std::log(column); // -inf for a state that is never seen
  }
  if (!std::isfinite(margins)) return std::numeric_limits<double>::infinity();
  return std::max(0.0, margins / 2 - log_abs_det(counts, q)); // at least 0 but for rounding, by Hadamard's inequality
}

} // namespace

template <class State>
void log_det_distances(const Features<State>& features, double cap, std::size_t threads, DistanceTable out) {
  constexpr std::size_t most_states = 64;
  require(features.q <= most_states, "q = ", features.q, ": log-det distances are for 2 ... ", most_states, " states");
  require_features(features);
  const std::size_t q = features.q, n_leaves = features.n_leaves;
  const JointCounts joint(features, threads);
  for_squares(n_leaves, threads, [&](std::size_t u, std::size_t v) {
    std::array<std::array<double, square_side>, square_side> estimates{};
    std::vector<double> counts(q * q);
    for (std::size_t i = 0; i < std::min(square_side, n_leaves - u); ++i)
      for (std::size_t j = 0; j < std::min(square_side, n_leaves - v); ++j) {
        if (u + i >= v + j) continue;
        joint.count(u + i, v + j, std::span(counts));
        estimates[i][j] = log_det_distance(counts, q);
      }
    write_square(out.values, n_leaves, u, v,
                 [&](std::size_t i, std::size_t j) { return within(estimates[i][j], cap); });
    write_square(out.capped, n_leaves, u, v,
                 [&](std::size_t i, std::size_t j) { return static_cast<std::uint8_t>(!(estimates[i][j] <= cap)); });
  });
}

#define RETRODICT_DISTANCES(State)                                                                                     \
  template void correlations(const Features<State>&, std::size_t, std::span<double>);                                  \
  template void correlation_distances(const Features<State>&, double, std::size_t, DistanceTable);                     \
  template void log_det_distances(const Features<State>&, double, std::size_t, DistanceTable);
RETRODICT_DISTANCES(std::uint8_t)
RETRODICT_DISTANCES(std::uint16_t)
#undef RETRODICT_DISTANCES

} // namespace retrodict
