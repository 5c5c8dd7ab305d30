"""retrodict: theorems about inverting generative maps, checked with numbers.

A generative map goes down, from causes to data (predict); an encoder goes up, from data to causes (retrodict).
"""

from retrodict.compare import compare as compare
