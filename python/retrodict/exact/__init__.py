"""The definition, then the algorithm, over any ring. Standard library only.

The oracle of the kernels, and exact evidence. `exact.trees` sums over all states of all nodes, `exact.bp` passes
messages; both take the same arguments and return the same values, in whatever ring the channels live.
"""
