// The steps of unrolled.hpp on a tile of samples, with all that they need in the first caches.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "encoders/gaussian.hpp"
#include "encoders/network_tile.hpp"
#include "encoders/unrolled.hpp"

namespace retrodict {

// Step `step` (from 0) made z of row `row` infinite or nan.
struct Divergence {
  std::size_t row;
  std::uint64_t step;
};

// Steps begin, ..., end - 1 of one count: those of descent, that of the spread, those of Langevin.
struct StepRange {
  std::uint64_t begin, end;
};

class Walk {
 public:
  Walk(const Network& network, const Steps& steps, const Noise& noise, std::span<const double> x, std::size_t copies,
       SimdLevel level)
      : level_(level), steps_(steps), noise_(noise), x_(x), copies_(copies), d_(network.dimension()),
        n_(x.size() / d_ * copies), steps_ahead_(std::max<std::size_t>(1, rows_ahead / d_)), tile_(network),
        seen_(d_ * T), z_(d_ * T), error_(d_ * T), xi_(steps_ahead_ * d_ * T), down_(d_ * T), proposal_(d_ * T),
        down_there_(d_ * T) {}

  // Makes steps of samples begin, ..., end - 1 on the rows of z, which stay as they are if one of them diverges; adds
  // to `accepted`, unless it is empty.
  std::optional<Divergence> run(std::size_t begin, std::size_t end, StepRange range, std::span<double> z,
                                std::span<std::int64_t> accepted) {
    start(begin, end, range, z);
    for (std::uint64_t step = range.begin; step < range.end; ++step) make(step);
    if (row_not_finite()) { // and it was so since some step: numbers that are not finite stay so
      start(begin, end, range, z);
      for (std::uint64_t step = range.begin; step < range.end; ++step) {
        make(step);
        if (const auto row = row_not_finite()) return Divergence{*row, step};
      }
    }
    for (std::size_t s = 0; s < end - begin; ++s) {
      for (std::size_t i = 0; i < d_; ++i) z[(begin + s) * d_ + i] = z_.data()[i * T + s];
      if (!accepted.empty()) accepted[begin + s] += accepted_[s];
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t T = tile_samples;
  static constexpr std::size_t rows_ahead = 16; // of noise that is drawn together

  // Places past the last sample repeat it.
  std::size_t row_of(std::size_t s) const { return std::min(begin_ + s, end_ - 1); }

  void start(std::size_t begin, std::size_t end, StepRange range, std::span<const double> z) {
    begin_ = begin;
    end_ = end;
    for (std::size_t i = 0; i < d_; ++i)
      for (std::size_t s = 0; s < T; ++s) {
        seen_.data()[i * T + s] = x_[row_of(s) / copies_ * d_ + i];
        z_.data()[i * T + s] = range.begin == 0 ? 0 : z[row_of(s) * d_ + i];
      }
    drawn_ = {0, 0};
    evaluated_ = false;
    std::fill_n(accepted_, T, 0);
  }

  std::optional<std::size_t> row_not_finite() const {
    for (std::size_t s = 0; s < end_ - begin_; ++s)
      for (std::size_t i = 0; i < d_; ++i)
        if (!std::isfinite(z_.data()[i * T + s])) return begin_ + s;
    return std::nullopt;
  }

  void make(std::uint64_t step) {
    if (step < steps_.descent_steps) {
      add(z_.data(), -steps_.descent_step, gradient(z_.data()), z_.data());
      return;
    }
    const std::uint64_t t = step - steps_.descent_steps;
    if (t == 0) {
      if (steps_.root_spread != 0) add(z_.data(), steps_.root_spread, noise(0), z_.data());
    } else if (steps_.corrected) {
      propose(t);
    } else {
      langevin(gradient(z_.data()), noise(t));
    }
  }

  // out = z + factor * v.
  void add(const double* z, double factor, const double* v, double* out) {
    vectorised(level_, [&]<int W>() {
      for (std::size_t k = 0; k < d_ * T; k += W)
        simd::store(out + k, simd::fma<W>(simd::splat<W>(factor), simd::load<W>(v + k), simd::load<W>(z + k)));
    });
  }

  void langevin(const double* gradient, const double* xi) {
    vectorised(level_, [&]<int W>() {
      for (std::size_t k = 0; k < d_ * T; k += W) {
        const auto z = simd::load<W>(z_.data() + k);
        const auto down = simd::fma<W>(simd::load<W>(gradient + k), simd::splat<W>(steps_.precision), z);
        const auto moved = simd::fma<W>(simd::splat<W>(-steps_.langevin_step), down, z);
        simd::store(z_.data() + k, simd::fma<W>(simd::splat<W>(steps_.root_noise), simd::load<W>(xi + k), moved));
      }
    });
  }

  // J(z)^T (G(z) - x); leaves G(z) - x in error_.
  const double* gradient(const double* z) {
    const double* found = nullptr;
    vectorised(level_, [&]<int W>() {
      const double* const image = tile_.image<W>(z);
      for (std::size_t k = 0; k < d_ * T; k += W)
        simd::store(error_.data() + k, simd::load<W>(image + k) - simd::load<W>(seen_.data() + k));
      found = tile_.pull_back<W>(error_.data());
    });
    return found;
  }

  // U(z) of each sample, and its gradient.
  void evaluate(const double* z, double* energy, double* down) {
    add(z, steps_.precision, gradient(z), down);
    vectorised(level_, [&]<int W>() {
      for (std::size_t s = 0; s < T; s += W) {
        simd::Doubles<W> prior{}, noise{};
        for (std::size_t i = 0; i < d_; ++i) {
          const auto a = simd::load<W>(z + i * T + s), b = simd::load<W>(error_.data() + i * T + s);
          prior = simd::fma<W>(a, a, prior);
          noise = simd::fma<W>(b, b, noise);
        }
        simd::store(energy + s, simd::fma<W>(noise, simd::splat<W>(steps_.precision), prior) * 0.5);
      }
    });
  }

  // The move of `langevin` as a proposal y. With q(y|z) proportional to exp(-|y - z + eta grad U(z)|^2 / (4 eta)) it is
  // accepted if log u <= U(z) - U(y) + log q(z|y) - log q(y|z), where the last term is |xi|^2 / 2. Where that is nan,
  // because y has no finite energy, z stays.
  void propose(std::uint64_t t) {
    if (!evaluated_) evaluate(z_.data(), energy_, down_.data());
    evaluated_ = true;
    const double *const xi = noise(t), *const log_uniform = log_uniforms(t);
    add(z_.data(), -steps_.langevin_step, down_.data(), proposal_.data());
    add(proposal_.data(), steps_.root_noise, xi, proposal_.data());
    evaluate(proposal_.data(), energy_there_, down_there_.data());
    vectorised(level_, [&]<int W>() { accept_or_stay<W>(xi, log_uniform); });
  }

  template <int W> void accept_or_stay(const double* xi, const double* log_uniform) {
    const double quarter = 1 / (4 * steps_.langevin_step);
    for (std::size_t s = 0; s < T; s += W) {
      simd::Doubles<W> forth{}, back{};
      for (std::size_t i = 0; i < d_; ++i) {
        const std::size_t at = i * T + s;
        const auto there = simd::load<W>(proposal_.data() + at);
        const auto noise = simd::load<W>(xi + at);
        const auto drift = simd::fma<W>(simd::splat<W>(steps_.langevin_step), simd::load<W>(down_there_.data() + at),
                                        simd::load<W>(z_.data() + at) - there);
        forth = simd::fma<W>(noise, noise, forth);
        back = simd::fma<W>(drift, drift, back);
      }
      const auto here = simd::load<W>(energy_ + s), there = simd::load<W>(energy_there_ + s);
      const auto ratio = (here - there) + (forth * 0.5 - back * quarter);
      const simd::Words<W> moves = simd::load<W>(log_uniform + s) <= ratio;
      simd::store(energy_ + s, moves ? there : here);
      simd::store(accepted_ + s, simd::load_words<W>(accepted_ + s) - moves);
      for (std::size_t at = s; at < d_ * T; at += T) {
        const auto keep = [&](const AlignedDoubles& old, const AlignedDoubles& found) {
          simd::store(old.data() + at, moves ? simd::load<W>(found.data() + at) : simd::load<W>(old.data() + at));
        };
        keep(z_, proposal_);
        keep(down_, down_there_);
      }
    }
  }

  // xi of step t.
  const double* noise(std::uint64_t t) {
    if (t < drawn_.begin || t >= drawn_.end) {
      drawn_ = {t, std::min(t + steps_ahead_, steps_.langevin_steps + 1)};
      const auto count = static_cast<std::size_t>(drawn_.end - t) * d_;
      if (noise_.given.empty())
        vectorised(level_,
                   [&]<int W>() { gaussians<W>(noise_.seed, noise_.first + begin_, t * d_, count, T, xi_.data()); });
      else
        for (std::size_t k = 0; k < count; ++k)
          for (std::size_t s = 0; s < T; ++s)
            xi_.data()[k * T + s] = noise_.given[((t + k / d_) * n_ + row_of(s)) * d_ + k % d_];
    }
    return xi_.data() + (t - drawn_.begin) * d_ * T;
  }

  const double* log_uniforms(std::uint64_t t) {
    if (!noise_.uniforms.empty())
      for (std::size_t s = 0; s < T; ++s) log_uniform_[s] = noise_.uniforms[(t - 1) * n_ + row_of(s)];
    vectorised(level_, [&]<int W>() {
      if (noise_.uniforms.empty()) uniforms<W>(noise_.seed, noise_.first + begin_, t - 1, T, log_uniform_);
      for (std::size_t s = 0; s < T; s += W)
        simd::store(log_uniform_ + s, elementary::logarithm<W>(simd::load<W>(log_uniform_ + s)));
    });
    return log_uniform_;
  }

  SimdLevel level_;
  const Steps& steps_;
  const Noise& noise_;
  std::span<const double> x_;
  std::size_t copies_, d_, n_, steps_ahead_;
  NetworkTile tile_;
  AlignedDoubles seen_, z_, error_, xi_, down_, proposal_, down_there_;
  alignas(64) double energy_[T], energy_there_[T], log_uniform_[T];
  alignas(64) std::int64_t accepted_[T];
  bool evaluated_ = false; // energy_ and down_ are those of z_
  StepRange drawn_{0, 0};
  std::size_t begin_ = 0, end_ = 0;
};

} // namespace retrodict
