"""Benchmarks: `make bench`. Ours, the released pyral 1.6.0 and the floor, in turn in one run."""
