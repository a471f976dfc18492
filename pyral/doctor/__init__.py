"""The doctor: why a connection fails, from settings to rights, a verdict a line and what to do."""
from __future__ import absolute_import, division, print_function

from pyral.doctor.examination import examine
from pyral.doctor.finding import Finding, Findings

__all__ = ['Finding', 'Findings', 'examine']
