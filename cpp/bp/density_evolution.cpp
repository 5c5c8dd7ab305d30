#include "bp/density_evolution.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/parallel.hpp"
#include "core/require.hpp"
#include "core/simd.hpp"

namespace retrodict {

namespace {

constexpr double ulp = 0x1p-52;  // twice the bound of the relative error of an operation
constexpr double least = 1e-150; // smaller masses and places are dropped: products of two stay normal numbers
constexpr std::size_t chunks =
    16; // of the pairs: sums are formed within a chunk, then over chunks, whatever the threads

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double down(double x, std::size_t operations) { return x * (1 - static_cast<double>(operations) * ulp); }
double up(double x, std::size_t operations) { return x * (1 + static_cast<double>(operations) * ulp); }

// A lower bound of the mass that is missing from 1.
double missing(const Magnetisation& law) {
  const double rest = 1 - up(sum_of(law.mass), law.mass.size() + 2);
  return rest > 0 ? down(rest, 2) : 0;
}

// The atoms without those that are too light, and with one for what was missing.
Magnetisation complete(const Magnetisation& law, Side side) {
  Magnetisation all;
  const double rest = missing(law);
  const auto add = [&](double place, double mass) {
    if (mass < least) return;
    all.place.push_back(place);
    all.mass.push_back(mass);
  };
  if (side == Side::degraded) add(0, rest);
  for (std::size_t i = 0; i < law.mass.size(); ++i) add(law.place[i], law.mass[i]);
  if (side == Side::upgraded) add(1, rest);
  return all;
}

// Where the atoms of a result go: bin k reaches from grid[k] to grid[k + 1]. grid[k] is close to top (k / bins)^2, fine
// near 0, where the law contracts to below the threshold.
struct Grid {
  std::vector<double> at, inverse_width;
  double top;

  Grid(double highest, std::size_t bins) : at(bins + 1), inverse_width(bins), top(std::min(1.0, up(highest, 16))) {
    for (std::size_t k = 0; k < bins; ++k) {
      const double x = static_cast<double>(k) / static_cast<double>(bins);
      at[k] = top * (x * x);
    }
    at[bins] = top;
    for (std::size_t k = 0; k < bins; ++k) inverse_width[k] = 1 / (at[k + 1] - at[k]);
  }

  // The k with at[k] <= m <= at[k + 1], for m in [0, top], sought from `near` on: outcomes come nearly in order.
  std::size_t bin(double m, std::size_t near) const {
    while (near > 0 && m < at[near]) --near;
    while (near + 2 < at.size() && m > at[near + 1]) ++near;
    return near;
  }
};

// Masses, first moments and numbers of terms, by bin (degraded) or by point of the grid (upgraded).
struct Sums {
  std::vector<double> mass, moment;
  std::vector<std::uint32_t> terms;
  explicit Sums(std::size_t size) : mass(size), moment(size), terms(size) {}
};

// Adds outcomes of which masses and places have a relative error of at most 4 units.
template <Side side> void put(Sums& sums, const Grid& grid, const double* places, const double* masses, std::size_t n) {
  std::size_t k = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double m = std::min(grid.top, side == Side::degraded ? places[j] : up(places[j], 4)), mass = masses[j];
    k = grid.bin(m, k);
    if constexpr (side == Side::degraded) {
      sums.mass[k] += mass;
      sums.moment[k] += mass * m;
    } else {
      const double share = std::min(1.0, up((m - grid.at[k]) * grid.inverse_width[k], 6));
      sums.mass[k] += mass * (1 - share);
      sums.mass[k + 1] += mass * share;
      ++sums.terms[k + 1];
    }
    ++sums.terms[k];
  }
}

// Places and masses of the outcomes of one atom with each of a law.
struct Outcomes {
  std::vector<double> agree, agree_mass, differ, differ_mass;
  explicit Outcomes(std::size_t n) : agree(n), agree_mass(n), differ(n), differ_mass(n) {}
};

// All outcomes of atom i of a with atoms `from`, ... of b.
template <Side side>
void row(Sums& sums, const Grid& grid, const Magnetisation& a, std::size_t i, const Magnetisation& b, std::size_t from,
         bool same, Outcomes& outcomes) {
  const std::size_t n = b.mass.size() - from;
  const double x = a.place[i], weight = a.mass[i] * (same ? 1.0 : 0.5); // halves and doubles are exact
  const double *const place = b.place.data() + from, *const mass = b.mass.data() + from;
  double *const agree = outcomes.agree.data(), *const agree_mass = outcomes.agree_mass.data();
  double *const differ = outcomes.differ.data(), *const differ_mass = outcomes.differ_mass.data();
  for (std::size_t j = 0; j < n; ++j) {
    const double y = place[j], both = weight * mass[j];
    const double more = __builtin_fma(x, y, 1.0), less = __builtin_fma(-x, y, 1.0);
    agree[j] = std::min(1.0, (x + y) / more);
    agree_mass[j] = both * more;
    differ[j] = less > 0 ? std::min(1.0, std::abs(x - y) / less) : 0.0; // of mass 0
    differ_mass[j] = both * less;
  }
  if (same) { // atom i with itself is there once, the others twice
    agree_mass[0] *= 0.5;
    differ_mass[0] *= 0.5;
  }
  put<side>(sums, grid, agree, agree_mass, n);
  put<side>(sums, grid, differ, differ_mass, n);
}

void rows(Side side, Sums& sums, const Grid& grid, const Magnetisation& a, const Magnetisation& b, std::size_t chunk,
          bool same) {
  Outcomes outcomes(b.mass.size());
  vectorised(simd_level(), [&]<int W> { // plain loops: the same numbers in each version
    for (std::size_t i = chunk; i < a.mass.size(); i += chunks) {
      const std::size_t from = same ? i : 0;
      if (side == Side::degraded) {
        row<Side::degraded>(sums, grid, a, i, b, from, same, outcomes);
      } else {
        row<Side::upgraded>(sums, grid, a, i, b, from, same, outcomes);
      }
    }
  });
}

// Two subtrees at one root.
Magnetisation combine(Side side, const Magnetisation& a, const Magnetisation& b, std::size_t bins,
                      std::size_t threads) {
  const bool same = &a == &b;
  double x = 0, y = 0;
  for (const double place : a.place) x = std::max(x, place);
  for (const double place : b.place) y = std::max(y, place);
  if (std::max(x, y) < least) {
    if (side == Side::degraded) return {};
    x = y = least;
  }
  const Grid grid(std::min(1.0, (x + y) / (1 + x * y)), bins);
  std::vector<Sums> parts(chunks, Sums(bins + 1));
  for_blocks(chunks, 1, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t chunk = begin; chunk < end; ++chunk) rows(side, parts[chunk], grid, a, b, chunk, same);
  });
  Magnetisation law;
  for (std::size_t k = 0; k <= bins; ++k) {
    double mass = 0, moment = 0;
    std::size_t terms = chunks + 16;
    for (const Sums& part : parts) {
      mass += part.mass[k];
      moment += part.moment[k];
      terms += part.terms[k];
    }
    if (!(down(mass, terms) >= least)) continue;
    const double place = side == Side::upgraded ? grid.at[k] : down(moment / mass, 2 * terms);
    law.place.push_back(place >= least ? std::min(1.0, place) : 0);
    law.mass.push_back(down(mass, terms));
  }
  return law;
}

void observe(DensityEvolution& found, Side side) {
  double first = 0, second = 0;
  const auto& [place, mass] = found.law;
  for (std::size_t i = 0; i < mass.size(); ++i) {
    first += mass[i] * place[i];
    second += mass[i] * place[i] * place[i];
  }
  const std::size_t terms = mass.size() + 4;
  if (side == Side::degraded) {
    found.first.push_back(down(first, terms));
    found.second.push_back(down(second, terms));
  } else {
    const double rest = std::max(0.0, up(1 - down(sum_of(mass), mass.size() + 2), 2));
    found.first.push_back(std::min(1.0, up(first + rest, terms)));
    found.second.push_back(std::min(1.0, up(second + rest, terms)));
  }
}

} // namespace

DensityEvolution density_evolution(Side side, std::size_t arity, double theta, double leaf, std::size_t depth,
                                   std::size_t bins, std::size_t threads) {
  require(arity >= 1, "arity = ", arity, ": must be at least 1");
  require(theta > 0 && theta <= 1, "theta = ", shortest(theta), ": must lie in (0, 1]");
  require(leaf > 0 && leaf <= 1, "leaf = ", shortest(leaf), ": must lie in (0, 1]");
  require(bins >= 2 && bins <= (1u << 16), "bins = ", bins, ": must lie in 2 ... 65536");
  DensityEvolution found{{}, {}, {{leaf}, {1.0}}};
  observe(found, side);
  for (std::size_t level = 0; level < depth; ++level) {
    Magnetisation child = complete(found.law, side);
    for (double& place : child.place)
      place = side == Side::degraded ? down(place * theta, 1) : std::min(1.0, up(place * theta, 1));
    // a power by squaring: powers of two of children, joined
    Magnetisation power = child, joined;
    bool started = false;
    for (std::size_t left = arity; left > 0; left >>= 1) {
      if (left & 1) {
        joined = started ? combine(side, joined, power, bins, threads) : power;
        started = true;
        if (left > 1) joined = complete(joined, side);
      }
      if (left > 1) power = complete(combine(side, power, power, bins, threads), side);
    }
    found.law = std::move(joined);
    observe(found, side);
  }
  return found;
}

} // namespace retrodict
