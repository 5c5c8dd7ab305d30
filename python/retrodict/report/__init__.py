"""From the files of a run to a page and a LaTeX appendix."""
