#include "bind/numpy.hpp"
#include "graphs/tree.hpp"

namespace retrodict {

void register_graphs(py::module_& m) {
  py::class_<Tree>(m, "Tree")
      .def(py::init([](const Array<std::int32_t>& parent) {
        const auto entries = view(parent);
        return Tree({entries.begin(), entries.end()});
      }))
      .def_property_readonly("leaves", [](const Tree& tree) {
        return give(std::vector<std::int32_t>(tree.leaves().begin(), tree.leaves().end()),
                    {static_cast<py::ssize_t>(tree.n_leaves())});
      });
}

} // namespace retrodict
