#include <pybind11/stl.h>

#include "bind/arguments.hpp"
#include "circuits/bdd_order.hpp"
#include "circuits/sifting.hpp"

namespace retrodict {

namespace {

py::tuple with_order(const ObddOrder& found) { return py::make_tuple(found.nodes, py::tuple(py::cast(found.order))); }

} // namespace

void register_circuits_obdd(py::module_& m) {
  m.def("circuits_obdd_size",
        [](const Array<std::int64_t>& table, const py::object& threads, const std::optional<py::function>& progress) {
          const TruthTable function(view(table));
          const auto workers = threads_of(threads);
          Poll tell;
          if (progress)
            tell = [&](double fraction) {
              const py::gil_scoped_acquire acquire;
              (*progress)(fraction);
            };
          return with_order(without_gil([&] { return minimum_obdd(function, workers, tell); }));
        });
  m.def("circuits_obdd_size_of_order", [](const Array<std::int64_t>& table, const Array<std::int64_t>& order) {
    const TruthTable function(view(table));
    const auto inputs = view(order);
    return without_gil([&] { return obdd_size(function, inputs); });
  });
  m.def("circuits_obdd_sift", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    return with_order(without_gil([&] { return sift(function); }));
  });
}

} // namespace retrodict
