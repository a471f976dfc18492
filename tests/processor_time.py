"""Processor time of work that must not grow out of all proportion, without what comes by chance."""

from __future__ import absolute_import, division, print_function

import time


def least_s(work, bound_s, times=5):
    """Return the processor time of the first run below a bound, or the least of all runs.

    A collection of garbage or a machine that others use adds to one run or another; work that is
    too much is too much each time.
    """
    spent = []
    while len(spent) < times and (not spent or min(spent) >= bound_s):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)
