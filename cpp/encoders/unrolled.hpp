// The encoder that inverts by iterating (python/retrodict/encoders/unrolled.py): gradient descent to the cause of each
// x, then Langevin steps to its posterior.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/parallel.hpp"
#include "core/simd.hpp"
#include "encoders/network.hpp"

namespace retrodict {

// What is done to each sample: z <- z - descent_step J^T (G - x), `descent_steps` times; z <- z + root_spread xi, once;
// z <- z - langevin_step (z + J^T (G - x) precision) + root_noise xi, `langevin_steps` times. Where `corrected`, each
// of the last is a proposal, accepted by Metropolis and Hastings.
struct Steps {
  // Throws std::invalid_argument that names the member that is not finite or negative.
  void validate() const;

  std::uint64_t descent_steps, langevin_steps;
  double descent_step, root_spread, precision, langevin_step, root_noise;
  bool corrected;
};

// Where xi and the uniforms of the acceptances come from. Row r of (n, d) is replica `first` + r of `seed`: Gaussian
// t * d + i of it (gaussian.hpp) is coordinate i of step t, where step 0 is that of the spread, whether it is made or
// not; the uniforms of Langevin step t >= 1 are word t - 1 from block 2^63 of the stream on. Or they are given: xi as
// (1 + langevin_steps, n, d), the uniforms in (0, 1] as (langevin_steps, n).
struct Noise {
  std::uint64_t seed = 0, first = 0;
  std::span<const double> given{}, uniforms{};
};

// z (n, d) for x (n / copies, d): rows r * copies, ..., r * copies + copies - 1 of z are for row r of x. `accepted`, of
// n entries or empty, gets the number of proposals that were accepted. `poll` is told which part of the work is done.
// Throws std::invalid_argument for an x that is not finite, and where z ceases to be: it names the row and the step.
void unrolled(const Network& network, const Steps& steps, const Noise& noise, std::span<const double> x,
              std::size_t copies, std::size_t threads, SimdLevel level, std::span<double> z,
              std::span<std::int64_t> accepted, const Poll& poll);

// The Gaussians first, ..., first + count - 1 of `replicas` replicas: out (replicas, count).
void gaussian_rows(std::uint64_t seed, std::uint64_t replica, std::uint64_t first, std::size_t count, SimdLevel level,
                   std::span<double> out);

// phi and phi' of numbers, as the kernel computes them.
void activation_values(Activation phi, std::span<const double> t, SimdLevel level, std::span<double> value,
                       std::span<double> slope);

} // namespace retrodict
