"""The fuzzer of the emulator: garbage for every route, from a seed, on this machine only."""
