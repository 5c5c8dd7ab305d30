#include "bp/population_dynamics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/require.hpp"
#include "core/rng_tile.hpp"
#include "core/simd.hpp"

namespace retrodict {

namespace {

constexpr std::size_t tile = StreamTile::size;
constexpr std::size_t block = 16 * tile;    // members of a block: their sums are added up in order
constexpr std::size_t between_scalings = 8; // children whose factors, at least 2^-63 or 0, are multiplied unscaled
constexpr std::uint64_t most_outcomes = std::uint64_t{1} << 32; // of the dice that one word throws

// floor(w n / 2^64), uniform below n; w becomes the fraction, in units of 2^-64.
std::uint64_t die(std::uint64_t& w, std::uint64_t n) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(w) * n;
  w = static_cast<std::uint64_t>(product);
  return static_cast<std::uint64_t>(product >> 64);
}

// p in units of 2^-64; what is at least 1 is the largest word.
std::uint64_t fixed_point(double p) {
  if (p >= 1) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(std::ldexp(std::max(p, 0.0), 64));
}

// How a die of n, n - 1, ... 2 faces is thrown with few words: true where the next die takes a new one.
std::vector<std::uint8_t> new_words(std::size_t faces) {
  std::vector<std::uint8_t> fresh;
  std::uint64_t outcomes = most_outcomes;
  for (std::size_t n = faces; n >= 2; --n) {
    fresh.push_back(outcomes * n > most_outcomes);
    outcomes = (fresh.back() ? 1 : outcomes) * n;
  }
  return fresh;
}

struct Sums {
  double first = 0, second = 0, first_square = 0, second_square = 0, gap_square = 0;
};

// What all members of all steps share.
struct Plan {
  PottsUpdate update;
  std::size_t members;
  std::uint64_t same; // the child has its parent's colour, in units of 2^-64
  double rest;        // (1 - lambda) / colours
  std::vector<std::uint8_t> fresh;
  std::size_t words; // of one member

  Plan(const PottsUpdate& u, std::size_t n)
      : update(u), members(n), rest((1 - u.lambda) / static_cast<double>(u.colours)),
        fresh(u.symmetrised ? new_words(u.colours - 1) : std::vector<std::uint8_t>{}) {
    same = fixed_point(u.lambda + rest);
    const auto shuffles = std::count(fresh.begin(), fresh.end(), std::uint8_t{1});
    words = u.arity + (u.symmetrised ? 1 + static_cast<std::size_t>(shuffles) : 0);
  }
};

// One member: `word(k)` is its k-th word. Q is the number of colours, or 0 where it is known only when this runs.
template <std::size_t Q, class Real, class Word>
void renew(const Plan& plan, const Real* population, const Word& word, double* product, double* factor, Sums& sums,
           Real* out) {
  const std::size_t q = Q ? Q : plan.update.colours;
  const double lambda = plan.update.lambda, rest = plan.rest;
  for (std::size_t i = 0; i < q; ++i) product[i] = 1;
  for (std::size_t child = 0; child < plan.update.arity; ++child) {
    std::uint64_t w = word(child);
    const Real* const member = population + die(w, plan.members) * q;
    const std::uint64_t other = 1 + die(w, q - 1);
    const std::size_t colour = w < plan.same ? 0 : other;
    for (std::size_t i = 0; i < q; ++i) factor[i] = std::max(0.0, lambda * static_cast<double>(member[i]) + rest);
    std::swap(factor[0], factor[colour]);
    for (std::size_t i = 0; i < q; ++i) product[i] *= factor[i];
    if ((child + 1) % between_scalings == 0) {
      double most = 0;
      for (std::size_t i = 0; i < q; ++i) most = std::max(most, product[i]);
      if (most > 0)
        for (std::size_t i = 0; i < q; ++i) product[i] /= most;
    }
  }
  double total = 0;
  for (std::size_t i = 0; i < q; ++i) total += product[i];
  if (!(total > 0)) { // rounding left no colour possible
    for (std::size_t i = 0; i < q; ++i) product[i] = 1;
    total = static_cast<double>(q);
  }
  const double scale = 1 / total, uniform = 1 / static_cast<double>(q);
  double squares = 0;
  for (std::size_t i = 0; i < q; ++i) {
    product[i] *= scale;
    squares += (product[i] - uniform) * (product[i] - uniform);
  }
  const double full = 1 / (1 - uniform), first = (product[0] - uniform) * full, second = squares * full;
  sums.first += first;
  sums.second += second;
  sums.first_square += first * first;
  sums.second_square += second * second;
  sums.gap_square += (first - second) * (first - second);

  if (plan.update.symmetrised) {
    std::size_t next = plan.update.arity;
    const double u = static_cast<double>(word(next++) >> 11) * 0x1p-53;
    std::size_t truth = 0;
    double below = 0;
    for (std::size_t i = 0; i + 1 < q; ++i) truth += (below += product[i]) <= u;
    while (product[truth] == 0) --truth; // the sum may be below 1 by rounding
    std::swap(product[0], product[truth]);
    std::uint64_t w = 0;
    for (std::size_t k = 0, n = q - 1; n >= 2; --n, ++k) {
      if (plan.fresh[k]) w = word(next++);
      std::swap(product[n], product[1 + die(w, n)]);
    }
  }
  for (std::size_t i = 0; i < q; ++i) out[i] = static_cast<Real>(product[i]);
}

struct Scratch {
  std::vector<StreamTile::Words> words;
  std::vector<double> product, factor;
};

template <std::size_t Q, class Real>
void renew_block(const Plan& plan, const Real* population, std::uint64_t seed, std::uint64_t stream, std::size_t count,
                 Scratch& scratch, Sums& sums, Real* out) {
  const std::size_t q = Q ? Q : plan.update.colours;
  std::array<double, Q ? Q : 1> small_product, small_factor;
  double* const product = Q ? small_product.data() : scratch.product.data();
  double* const factor = Q ? small_factor.data() : scratch.factor.data();
  for (std::size_t begin = 0; begin < count; begin += tile) {
    StreamTile streams(seed, stream + begin);
    for (auto& words : scratch.words) words = streams.next_u64();
    const StreamTile::Words* const words = scratch.words.data();
    for (std::size_t lane = 0; lane < std::min(tile, count - begin); ++lane)
      renew<Q>(
          plan, population, [=](std::size_t k) { return words[k][lane]; }, product, factor, sums,
          out + (begin + lane) * q);
  }
}

template <class Real> auto block_kernel(std::size_t q) {
  switch (q) {
  case 2:
    return renew_block<2, Real>;
  case 3:
    return renew_block<3, Real>;
  case 4:
    return renew_block<4, Real>;
  case 5:
    return renew_block<5, Real>;
  case 6:
    return renew_block<6, Real>;
  case 7:
    return renew_block<7, Real>;
  case 8:
    return renew_block<8, Real>;
  default:
    return renew_block<0, Real>;
  }
}

PopulationMeans means_of(const std::vector<Sums>& parts, std::size_t members) {
  Sums all;
  for (const Sums& part : parts) {
    all.first += part.first;
    all.second += part.second;
    all.first_square += part.first_square;
    all.second_square += part.second_square;
    all.gap_square += part.gap_square;
  }
  const auto n = static_cast<double>(members);
  const auto error = [n](double sum, double squares) {
    const double mean = sum / n, variance = std::max(0.0, squares / n - mean * mean);
    return std::sqrt(variance / n);
  };
  return {all.first / n, all.second / n, error(all.first, all.first_square), error(all.second, all.second_square),
          error(all.first - all.second, all.gap_square)};
}

template <class Real> void validate(const PottsUpdate& u, const PopulationSteps& s, const std::vector<Real>& members) {
  constexpr std::size_t most_colours = 1024, most_members = std::size_t{1} << 32;
  constexpr std::uint64_t most_steps = std::uint64_t{1} << 32;
  constexpr double tolerance = 1e-5;
  const std::size_t q = u.colours;
  require(q >= 2 && q <= most_colours, "members has ", q, " columns: there are 2 to ", most_colours, " colours");
  const std::size_t n = members.size() / q;
  require(n >= 1 && n < most_members, "members has ", n, " rows: there must be at least 1 and fewer than 2^32");
  require(u.arity >= 1, "arity = ", u.arity, ": must be at least 1");
  require(u.lambda <= 1 && 1 + static_cast<double>(q - 1) * u.lambda >= -1e-12, "lam = ", shortest(u.lambda),
          ": must be at least -1/", q - 1, " and at most 1");
  require(s.first >= 1 && s.count < most_steps && s.first + s.count <= most_steps, "steps = ", s.count, " after step ",
          s.first - 1, ": the last must be below 2^32");
  require(!std::isnan(s.stop_below), "stop_below = nan: must be a number");
  for (std::size_t k = 0; k < n; ++k) {
    double total = 0;
    for (std::size_t i = 0; i < q; ++i) {
      const double p = members[k * q + i];
      require(p >= 0 && p <= 1, "members[", k, ", ", i, "] = ", shortest(p), ": a probability lies in [0, 1]");
      total += p;
    }
    require(std::abs(total - 1) <= tolerance, "members[", k, "] sums to ", shortest(total),
            ": a posterior sums to 1 within ", shortest(tolerance));
  }
}

} // namespace

template <class Real>
std::vector<PopulationMeans> population_dynamics(const PottsUpdate& update, const PopulationSteps& steps,
                                                 std::vector<Real>& members, const Poll& poll) {
  validate(update, steps, members);
  const std::size_t q = update.colours, n = members.size() / q;
  const Plan plan(update, n);
  const auto kernel = block_kernel<Real>(q);
  std::vector<Scratch> scratch(worker_count(n, block, steps.threads));
  for (Scratch& s : scratch)
    s = {std::vector<StreamTile::Words>(plan.words), std::vector<double>(q), std::vector<double>(q)};
  std::vector<Sums> parts((n + block - 1) / block);
  std::vector<Real> renewed(members.size());
  std::vector<PopulationMeans> found;

  const PollScope scope([&](double fraction) {
    if (poll) poll((static_cast<double>(found.size()) + fraction) / static_cast<double>(steps.count));
  });
  for (std::uint64_t step = steps.first; step < steps.first + steps.count; ++step) {
    for_blocks(n, block, steps.threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
      Sums& sums = parts[begin / block] = {};
      kernel(plan, members.data(), steps.seed, step << 32 | begin, end - begin, scratch[worker], sums,
             renewed.data() + begin * q);
    });
    members.swap(renewed);
    found.push_back(means_of(parts, n));
    if (found.back().second < steps.stop_below) break;
  }
  return found;
}

template std::vector<PopulationMeans> population_dynamics(const PottsUpdate&, const PopulationSteps&,
                                                          std::vector<float>&, const Poll&);
template std::vector<PopulationMeans> population_dynamics(const PottsUpdate&, const PopulationSteps&,
                                                          std::vector<double>&, const Poll&);

} // namespace retrodict
