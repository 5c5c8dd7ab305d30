#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <vector>

#include "bp/population_dynamics.hpp"

using namespace retrodict;

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

template <class Real> std::vector<Real> leaves(std::size_t n, std::size_t q) {
  std::vector<Real> members(n * q);
  for (std::size_t k = 0; k < n; ++k) members[k * q] = 1;
  return members;
}

} // namespace

TEST_CASE_TEMPLATE("populations do not depend on the threads and stay posteriors", Real, float, double) {
  for (const std::size_t q : {2, 5, 9, 70})
    for (const std::size_t arity : {1, 2, 17})
      for (const bool symmetrised : {true, false}) {
        auto one = leaves<Real>(2500, q), three = one;
        const PottsUpdate update{q, arity, -0.01, symmetrised};
        const auto found = population_dynamics(update, {7, 2, 3, never, 1}, one, {});
        population_dynamics(update, {7, 2, 3, never, 3}, three, {});
        CHECK(one == three);
        CHECK(found.size() == 3);
        for (std::size_t k = 0; k < 2500; ++k) {
          double total = 0;
          for (std::size_t i = 0; i < q; ++i) total += one[k * q + i];
          CHECK(total == doctest::Approx(1).epsilon(1e-5));
        }
      }
}

TEST_CASE("a member that is no posterior is refused") {
  auto members = leaves<double>(3, 4);
  members[5] = 0.5;
  CHECK_THROWS_WITH_AS(population_dynamics(PottsUpdate{4, 2, 0.5, true}, {1, 1, 1, never, 1}, members, {}),
                       "members[1] sums to 1.5: a posterior sums to 1 within 1e-05", std::invalid_argument);
}
