#include <algorithm>

#include "bind/arguments.hpp"
#include "circuits/class_costs.hpp"
#include "circuits/threshold_gates.hpp"

namespace retrodict {

namespace {

// More than any cost: without XOR four inputs take 10 gates, and f = (x and f1) or (not x and f0) makes 23 of it.
constexpr std::uint64_t any_cost = 24;

Symmetries symmetries_of(const py::handle& n_inputs) {
  const auto n = word(n_inputs, "n_inputs");
  require(n <= 5, "n_inputs = ", n, ": classes of functions go to 5");
  return Symmetries(static_cast<unsigned>(n));
}

template <class Value, class Map> py::array_t<Value> each(const Array<std::uint32_t>& functions, Map&& map) {
  const auto in = view(functions);
  std::vector<Value> out(in.size());
  without_gil([&] {
    for_blocks(in.size(), 1024, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t i = begin; i < end; ++i) out[i] = static_cast<Value>(map(in[i]));
    });
  });
  return give(std::move(out), {functions.size()});
}

template <class Value> py::array_t<Value> flat(std::vector<Value>&& values) {
  const auto entries = static_cast<py::ssize_t>(values.size());
  return give(std::move(values), {entries});
}

} // namespace

void register_circuits_classes(py::module_& m) {
  m.def("circuits_class_costs",
        [](const py::object& n_inputs, bool with_xor, const py::object& max_cost, const py::object& exhausted) {
          const auto n = word(n_inputs, "n_inputs");
          const auto most = static_cast<unsigned>(std::min(word(max_cost, "max_cost"), any_cost));
          const auto rounds = static_cast<unsigned>(std::min<std::uint64_t>(word(exhausted, "exhausted"), most));
          ClassCosts found = without_gil([&] { return class_costs(n, with_xor, most, rounds); });
          std::vector<std::uint32_t> derived, after;
          std::vector<std::uint8_t> steps;
          for (const Derivation& derivation : found.derivations) {
            derived.push_back(derivation.function);
            steps.push_back(static_cast<std::uint8_t>(derivation.after.size()));
            after.insert(after.end(), derivation.after.begin(), derivation.after.end());
          }
          return py::make_tuple(flat(std::move(found.representatives)), flat(std::move(found.costs)),
                                flat(std::move(derived)), flat(std::move(steps)), flat(std::move(after)));
        });
  m.def("circuits_threshold_cost_table", [](const py::object& n_inputs) {
    const auto n = word(n_inputs, "n_inputs");
    return flat(without_gil([&] { return threshold_cost_table(n); }));
  });
  m.def("circuits_threshold_functions", [](const py::object& n_inputs) {
    const auto n = word(n_inputs, "n_inputs");
    return flat(without_gil([&] { return threshold_functions(n); }));
  });
  m.def("circuits_canonical", [](const Array<std::uint32_t>& functions, const py::object& n_inputs) {
    const Symmetries symmetries = symmetries_of(n_inputs);
    return each<std::uint32_t>(functions, [&](Function f) { return symmetries.canonical(f); });
  });
  m.def("circuits_class_sizes", [](const Array<std::uint32_t>& functions, const py::object& n_inputs) {
    const Symmetries symmetries = symmetries_of(n_inputs);
    return each<std::uint16_t>(functions, [&](Function f) { return class_size(symmetries, f); });
  });
}

} // namespace retrodict
