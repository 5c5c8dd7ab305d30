// The fewest terms of a disjunctive normal form.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/cover.hpp"
#include "circuits/subcubes.hpp"

namespace retrodict {

// The inputs where f is 1, ascending, are the rows; its prime implicants are the columns. A smallest form needs no
// other terms, for a term lies in a prime implicant.
struct TermProblem {
  std::vector<std::uint32_t> ones;
  std::vector<Cube> primes;
  CoverProblem cover;
};

// Throws std::invalid_argument above max_subcube_inputs, and if the prime implicants together have more than 2^22
// inputs, each counted as often as it lies in one.
TermProblem term_problem(const TruthTable& table);

} // namespace retrodict
