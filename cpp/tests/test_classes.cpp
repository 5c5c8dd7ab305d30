#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <vector>

#include "circuits/class_costs.hpp"
#include "core/parallel.hpp"

using namespace retrodict;

TEST_CASE("every image of a function once for each symmetry") {
  for (unsigned n = 0; n <= 5; ++n) {
    const Symmetries symmetries(n);
    // A function that no symmetry but the identity fixes, where there is one: its images all differ.
    const Function f = 0x8F1035C2u & symmetries.all();
    std::size_t images = 0;
    std::set<Function> different;
    symmetries.for_each_image(f, [&](Function g) {
      ++images;
      different.insert(g);
      CHECK(symmetries.canonical(g) == symmetries.canonical(f));
    });
    const std::size_t factorial[] = {1, 1, 2, 6, 24, 120};
    CHECK(images == factorial[n] << n);
    if (n == 5) CHECK(different.size() == images);
  }
}

TEST_CASE("costs of classes count the functions of each cost") {
  const std::vector<std::vector<std::size_t>> counts{
      {2}, {4}, {6, 10}, {8, 30, 114, 80, 24}, {10, 60, 456, 2474, 10624, 24184, 25008, 2720}};
  for (unsigned n = 0; n < counts.size(); ++n) {
    const ClassCosts found = class_costs(n, true, 12, 12);
    std::vector<std::size_t> functions(counts[n].size());
    for (std::size_t k = 0; k < found.costs.size(); ++k)
      functions.at(found.costs[k]) += class_size(Symmetries(n), found.representatives[k]);
    CHECK(functions == counts[n]);
  }
  CHECK_THROWS_AS(class_costs(6, true, 1, 1), std::invalid_argument);
}

TEST_CASE("the search of classes can be stopped") {
  const PollScope scope([](double) { throw std::runtime_error("stop"); });
  CHECK_THROWS_AS(class_costs(5, true, 9, 9), std::runtime_error);
}
