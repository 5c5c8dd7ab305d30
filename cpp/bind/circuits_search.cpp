#include <pybind11/stl.h>

#include "bind/arguments.hpp"
#include "circuits/search.hpp"

namespace retrodict {

void register_circuits_search(py::module_& m) {
  m.def("circuits_minimum_circuit", [](const Array<std::int64_t>& tables, bool with_xor, const py::object& max_gates,
                                       const std::optional<double>& seconds, const py::object& threads) {
    const OutputTables map(view(tables), static_cast<std::size_t>(tables.shape(0)));
    const auto most = word(max_gates, "max_gates");
    require(most <= max_search_gates, "max_gates = ", most, ": the search goes to ", max_search_gates, " gates");
    require(!seconds || *seconds > 0, "timeout = ", shortest(seconds.value_or(0)), ": it must be positive");
    const SearchLimits limits{with_xor, static_cast<unsigned>(most), seconds, threads_of(threads)};
    SearchResult result = without_gil([&] { return minimum_circuit(map, limits); });
    py::object circuit = py::none();
    if (result.circuit) circuit = py::make_tuple(result.circuit->gates, result.circuit->outputs);
    return py::make_tuple(result.lower, result.interrupted, circuit);
  });
}

} // namespace retrodict
