// De Morgan formulas: the least one of every function of at most four inputs, and small ones of larger functions.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/truth_table.hpp"

namespace retrodict {

constexpr unsigned max_formula_inputs = 4;

// The least number of leaves over formulas of AND and OR of two, with literals at the leaves; a constant has none.
// Entry f is for the function whose value at x is bit x of f. Throws std::invalid_argument above max_formula_inputs.
std::vector<std::uint8_t> formula_table(std::size_t n_inputs);

// Formulas made by expansions are chosen among all orders of the inputs up to this many, and beyond it the highest
// inputs are expanded first.
constexpr unsigned max_expansion_choice = 12;

// The number of leaves of a formula of f: an upper bound on the least.
std::size_t formula_by_expansion(const TruthTable& table);

} // namespace retrodict
