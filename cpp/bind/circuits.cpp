#include <pybind11/stl.h>

#include <algorithm>

#include "bind/arguments.hpp"
#include "circuits/enumeration.hpp"

namespace retrodict {

void register_circuits(py::module_& m) {
  m.def("circuits_cost_table", [](const py::object& n_inputs, unsigned basis, const py::object& max_cost) {
    const auto n = word(n_inputs, "n_inputs");
    // No function costs as much as more_gates, so that a larger max_cost asks for the whole table.
    const auto most = max_cost.is_none() ? more_gates : std::min<std::uint64_t>(word(max_cost, "max_cost"), more_gates);
    auto costs = without_gil([&] { return cost_table(n, basis, static_cast<unsigned>(most)); });
    const auto entries = static_cast<py::ssize_t>(costs.size());
    return give(std::move(costs), {entries});
  });
  m.def("circuits_table_index", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    return py::make_tuple(function.n_inputs(), table_index(function));
  });
}

} // namespace retrodict
