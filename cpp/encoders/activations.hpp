// The activations and their slopes, a vector at a time. What each is: ACTIVATIONS in
// python/retrodict/maps/continuous/activations.py; how exact: python/retrodict/encoders/sample.py.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>

#include "encoders/elementary.hpp"
#include "encoders/network.hpp"

namespace retrodict {

// value[k], slope[k] = phi(t[k]), phi'(t[k]) for k < n, a multiple of W.
template <int W> void activate(Activation phi, const double* t, std::size_t n, double* value, double* slope) {
  using simd::Doubles;
  using simd::splat;
  const auto each = [&](const auto& f) {
    for (std::size_t k = 0; k < n; k += W) {
      Doubles<W> y, dy;
      f(simd::load<W>(t + k), y, dy);
      simd::store(value + k, y);
      simd::store(slope + k, dy);
    }
  };
  const Doubles<W> zero{}, one = splat<W>(1);
  switch (phi) {
  case Activation::sine: {
    Doubles<W> most{};
    each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      const Doubles<W> size = elementary::magnitude<W>(x);
      most = size > most ? size : most;
      const auto both = elementary::sine_cosine<W>(x);
      y = both.sine;
      dy = both.cosine;
    });
    double largest = 0;
    for (int l = 0; l < W; ++l) largest = most[l] > largest ? most[l] : largest;
    if (largest > elementary::largest_angle) [[unlikely]]
      for (std::size_t k = 0; k < n; ++k)
        if (std::fabs(t[k]) > elementary::largest_angle) {
          value[k] = std::sin(t[k]);
          slope[k] = std::cos(t[k]);
        }
    return;
  }
  case Activation::softplus: // max(t, 0) + log((1 + e^-|t|) / 2)
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      const auto e = elementary::exponential<W>(-elementary::magnitude<W>(x));
      y = (x > zero ? x : zero) + elementary::log_one_plus_small<W>(e.less_one * 0.5);
      const Doubles<W> high = 1.0 / (1.0 + e.value);
      dy = x < zero ? e.value * high : high;
    });
  case Activation::softplus_plain: // max(t, 0) + log(1 + e^-|t|)
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      const Doubles<W> e = elementary::exponential<W>(-elementary::magnitude<W>(x)).value, high = 1.0 / (1.0 + e);
      y = (x > zero ? x : zero) + elementary::log_one_plus_small<W>(e);
      dy = x < zero ? e * high : high;
    });
  case Activation::sigmoid:
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      const Doubles<W> e = elementary::exponential<W>(-elementary::magnitude<W>(x)).value, high = 1.0 / (1.0 + e);
      const Doubles<W> low = e * high;
      y = x < zero ? low : high;
      dy = low * high;
    });
  case Activation::tanh: // (1 - e^-2|t|) / (1 + e^-2|t|), and 4 e^-2|t| / (1 + e^-2|t|)^2
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      const auto e = elementary::exponential<W>(-2.0 * elementary::magnitude<W>(x));
      const Doubles<W> inverse = 1.0 / (2.0 + e.less_one), size = -e.less_one * inverse;
      y = x < zero ? -size : size;
      dy = (4.0 * e.value * inverse) * inverse;
    });
  case Activation::square:
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      y = x * x;
      dy = x + x;
    });
  case Activation::relu:
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      y = (x + elementary::magnitude<W>(x)) * 0.5;
      dy = x >= zero ? one : zero;
    });
  case Activation::sign:
    return each([&](const Doubles<W>& x, Doubles<W>& y, Doubles<W>& dy) {
      y = x >= zero ? one : -one;
      dy = zero;
    });
  }
}

} // namespace retrodict
