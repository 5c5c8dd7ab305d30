#include "encoders/unrolled.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/require.hpp"
#include "encoders/walk.hpp"

namespace retrodict {

namespace {

constexpr std::size_t T = tile_samples;

std::string name_of_step(const Steps& steps, std::uint64_t step) {
  if (step < steps.descent_steps)
    return "descent step " + std::to_string(step + 1) + ": descent_step = " + shortest(steps.descent_step) +
           " may be too large";
  if (step == steps.descent_steps) return "the step of the spread";
  return "Langevin step " + std::to_string(step - steps.descent_steps) +
         ": langevin_step = " + shortest(steps.langevin_step) + " may be too large";
}

} // namespace

void Steps::validate() const {
  const std::pair<const char*, double> members[] = {{"descent_step", descent_step},
                                                    {"root_spread", root_spread},
                                                    {"precision", precision},
                                                    {"langevin_step", langevin_step},
                                                    {"root_noise", root_noise}};
  for (const auto& [name, value] : members)
    require(std::isfinite(value) && value >= 0, name, " = ", shortest(value), ": must be finite and not negative");
  constexpr std::uint64_t most = std::uint64_t{1} << 62;
  require(descent_steps < most, "descent_steps = ", descent_steps, ": must be below 2^62");
  require(langevin_steps < most, "langevin_steps = ", langevin_steps, ": must be below 2^62");
}

void unrolled(const Network& network, const Steps& steps, const Noise& noise, std::span<const double> x,
              std::size_t copies, std::size_t threads, SimdLevel level, std::span<double> z,
              std::span<std::int64_t> accepted, const Poll& poll) {
  steps.validate();
  const std::size_t d = network.dimension(), n = z.size() / d;
  for (std::size_t i = 0; i < x.size(); ++i)
    require(std::isfinite(x[i]), "x[", i / d, ", ", i % d, "] = ", shortest(x[i]), ": must be finite");
  for (std::size_t k = 0; k < noise.uniforms.size(); ++k)
    require(noise.uniforms[k] >= 0x1p-52 && noise.uniforms[k] <= 1, "uniforms[", k / n, ", ", k % n,
            "] = ", shortest(noise.uniforms[k]), ": must be in [2^-52, 1]");
  std::ranges::fill(accepted, 0);

  // Long chains go in stretches of steps, a few milliseconds for a tile, between which they can be stopped.
  const std::uint64_t total = steps.descent_steps + 1 + steps.langevin_steps;
  const auto work = static_cast<double>(2 * network.multiplications() + 50 * network.units() + 50 * d);
  const auto stretch = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(1e6 / work));
  const std::uint64_t stretches = (total + stretch - 1) / stretch;

  std::vector<std::optional<Walk>> walks(worker_count(n, T, threads));
  std::uint64_t k = 0;
  const PollScope scope([&](double fraction) {
    if (poll) poll((static_cast<double>(k) + fraction) / static_cast<double>(stretches));
  });
  for (; k < stretches; ++k) {
    const StepRange range{k * stretch, std::min(total, (k + 1) * stretch)};
    std::mutex mutex;
    Divergence worst{n, 0}; // of the first row, so that the message does not depend on the threads
    for_blocks(n, T, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
      {
        const std::lock_guard lock(mutex);
        if (begin >= worst.row) return;
      }
      if (!walks[worker]) walks[worker].emplace(network, steps, noise, x, copies, level);
      const auto found = walks[worker]->run(begin, end, range, z, accepted);
      const std::lock_guard lock(mutex);
      if (found && found->row < worst.row) worst = *found;
    });
    require(worst.row == n, "z of row ", worst.row, " is no longer finite after ", name_of_step(steps, worst.step));
  }
}

void gaussian_rows(std::uint64_t seed, std::uint64_t replica, std::uint64_t first, std::size_t count, SimdLevel level,
                   std::span<double> out) {
  if (count == 0) return;
  const std::size_t n = out.size() / count;
  for_blocks(n, T, 0, [&](std::size_t begin, std::size_t end, std::size_t) {
    constexpr std::size_t columns = 256;
    const AlignedDoubles tile(columns * T);
    for (std::size_t k = 0; k < count; k += columns) {
      const std::size_t width = std::min(columns, count - k);
      vectorised(level, [&]<int W>() { gaussians<W>(seed, replica + begin, first + k, width, T, tile.data()); });
      for (std::size_t s = 0; s < end - begin; ++s)
        for (std::size_t c = 0; c < width; ++c) out[(begin + s) * count + k + c] = tile.data()[c * T + s];
    }
  });
}

void activation_values(Activation phi, std::span<const double> t, SimdLevel level, std::span<double> value,
                       std::span<double> slope) {
  const AlignedDoubles in(T), out(T), derivative(T);
  for (std::size_t begin = 0; begin < t.size(); begin += T) {
    const std::size_t n = std::min(T, t.size() - begin);
    std::copy_n(t.data() + begin, n, in.data());
    vectorised(level, [&]<int W>() { activate<W>(phi, in.data(), T, out.data(), derivative.data()); });
    std::copy_n(out.data(), n, value.data() + begin);
    std::copy_n(derivative.data(), n, slope.data() + begin);
  }
}

} // namespace retrodict
