"""The version of the package, written once: `setup.py`, the headers and the docs read it here."""

#: The release as a tuple of three ints, the form scripts compare.
VERSION = (2, 0, 0)

#: The release as text, the form packaging tools want.
VERSION_TEXT = '.'.join(str(part) for part in VERSION)
