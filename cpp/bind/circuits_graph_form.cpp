#include <pybind11/stl.h>

#include "bind/arguments.hpp"
#include "circuits/graph_form.hpp"

namespace retrodict {

namespace {

GraphForm graph_of(const Array<std::int64_t>& adjacency) {
  require(adjacency.ndim() == 2 && adjacency.shape(0) == adjacency.shape(1), "adjacency has shape ",
          shape_of(adjacency), ": it must be (n, n)");
  return {view(adjacency), static_cast<std::size_t>(adjacency.shape(0))};
}

std::uint64_t subset_of(const Array<std::int64_t>& vertices, const GraphForm& graph) {
  std::uint64_t subset = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(vertices.size()); ++i) {
    const std::int64_t v = view(vertices)[i];
    require(v >= 0 && v < graph.n_vertices(), "subset[", i, "] = ", v, ": a vertex is one of 0..",
            static_cast<int>(graph.n_vertices()) - 1);
    require((subset >> v & 1) == 0, "subset[", i, "] = ", v, ": each vertex comes once");
    subset |= std::uint64_t{1} << v;
  }
  return subset;
}

} // namespace

void register_circuits_graph_form(py::module_& m) {
  m.def("circuits_cut_rank", [](const Array<std::int64_t>& adjacency, const Array<std::int64_t>& subset) {
    const GraphForm graph = graph_of(adjacency);
    return cut_rank(graph, subset_of(subset, graph));
  });
  m.def("circuits_linear_rank_width", [](const Array<std::int64_t>& adjacency, const py::object& threads) {
    const GraphForm graph = graph_of(adjacency);
    const auto workers = threads_of(threads);
    const LinearLayout layout = without_gil([&] { return linear_rank_width(graph, workers); });
    return py::make_tuple(layout.width, py::tuple(py::cast(layout.order)));
  });
  m.def("circuits_quadratic_form_obdd", [](const Array<std::int64_t>& adjacency, const py::object& threads) {
    const GraphForm graph = graph_of(adjacency);
    const auto workers = threads_of(threads);
    const ObddOrder best = without_gil([&] { return minimum_form_obdd(graph, workers); });
    return py::make_tuple(best.nodes, py::tuple(py::cast(best.order)));
  });
  m.def("circuits_quadratic_form_obdd_of_order",
        [](const Array<std::int64_t>& adjacency, const Array<std::int64_t>& order) {
          return form_obdd_size(graph_of(adjacency), view(order));
        });
  m.def("circuits_quadratic_form_sift", [](const Array<std::int64_t>& adjacency) {
    const GraphForm graph = graph_of(adjacency);
    const ObddOrder found = without_gil([&] { return sift(graph); });
    return py::make_tuple(found.nodes, py::tuple(py::cast(found.order)));
  });
}

} // namespace retrodict
