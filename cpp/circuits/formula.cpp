// Why the result is exact. Let L(f) be the least number of leaves. Pushing negations to the leaves exchanges AND and OR
// and keeps the leaves, so L(~f) = L(f). In a smallest formula of s > 1 leaves no argument of a gate is constant (a
// gate with a constant argument is that constant or the other argument, and a formula without that gate is smaller or
// has no more leaves and fewer gates), its root joins two formulas of i and s - i leaves, i = 1 ... s - 1, and each is
// a smallest one of its function (else replace it). Hence L(f) = s if and only if L(f) is not less than s and f or ~f
// is g & h for some g, h with L(g) = i, L(h) = s - i, i <= s - i. Round s marks all those, for the functions with fewer
// leaves are known; rounds go on until all functions are marked, which happens because AND, OR and literals make all.
//
// Symmetry. Permuting and complementing inputs keeps the number of leaves. If f = g & h, a symmetry that carries g to
// the representative of its class carries f and h along; so g runs over one member of each class, h over everything,
// and a mark is spread over the class of f and of ~f.

#include "circuits/formula.hpp"

#include <array>

#include "core/require.hpp"

namespace retrodict {

namespace {

using Function = std::uint32_t;

constexpr std::uint8_t unknown = 255;
constexpr std::array<Function, max_formula_inputs> input_pattern{0xAAAA, 0xCCCC, 0xF0F0, 0xFF00};

class Table {
 public:
  explicit Table(unsigned n_inputs)
      : n_inputs_(n_inputs), all_((Function{1} << (1u << n_inputs)) - 1), leaves_(std::size_t{all_} + 1, unknown),
        missing_(leaves_.size()), functions_(2), representatives_(2) {
    mark(0, 0);
    if (n_inputs_ > 0) mark(input(0), 1);
  }

  std::vector<std::uint8_t> run() {
    for (unsigned s = 2; missing_ > 0; ++s) {
      functions_.emplace_back();
      representatives_.emplace_back();
      for (unsigned i = 1; 2 * i <= s; ++i)
        for (const Function g : representatives_[i])
          for (const Function h : functions_[s - i]) mark(g & h, s);
    }
    return std::move(leaves_);
  }

 private:
  Function input(unsigned i) const { return input_pattern[i] & all_; }

  // Marks f and ~f with all functions that symmetry makes of them, and keeps one of each.
  void mark(Function f, unsigned leaves) {
    for (const Function g : {f, f ^ all_}) {
      if (leaves_[g] != unknown) continue;
      representatives_[leaves].push_back(g);
      spread(g, leaves);
    }
  }

  void spread(Function f, unsigned leaves) {
    if (leaves_[f] != unknown) return;
    leaves_[f] = static_cast<std::uint8_t>(leaves);
    functions_[leaves].push_back(f);
    --missing_;
    for (unsigned i = 0; i < n_inputs_; ++i) {
      const Function high = input(i), step = 1u << i;
      spread((f & high) >> step | (f << step & high), leaves); // complements input i
      if (i == 0) continue;
      const Function below = input(i - 1), moved = high & ~below, by = step / 2; // exchanges inputs i - 1 and i
      spread((f & ~(high ^ below)) | (f & moved) >> by | (f & below & ~high) << by, leaves);
    }
  }

  unsigned n_inputs_;
  Function all_;
  std::vector<std::uint8_t> leaves_;
  std::size_t missing_;
  std::vector<std::vector<Function>> functions_, representatives_; // by leaves
};

} // namespace

std::vector<std::uint8_t> formula_table(std::size_t n_inputs) {
  require(n_inputs <= max_formula_inputs, "n_inputs = ", n_inputs, ": the table of formulas goes to ",
          max_formula_inputs, " inputs");
  return Table(static_cast<unsigned>(n_inputs)).run();
}

} // namespace retrodict
