"""Least circuits of whole maps: bounds from both ends, circuits that are simulated, proofs that are replayed."""

from retrodict.synthesis.refutation import LowerBound, Refutation
from retrodict.synthesis.search import synthesize

__all__ = ["LowerBound", "Refutation", "synthesize"]
