# The compiled module is private; these are the signatures that python/retrodict/<family>.py calls.
import numpy as np
from numpy.typing import NDArray

class Tree:
    def __init__(self, parent: NDArray[np.int32]) -> None: ...
    @property
    def leaves(self) -> NDArray[np.int32]: ...
