"""Files into data, and circuits into files: thin over kept parsers where a sound one exists.

A bad file ends here, with one line.
"""
