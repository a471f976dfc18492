from pyral.doctor.examination import examine as examine
from pyral.doctor.finding import Finding as Finding
from pyral.doctor.finding import Findings as Findings

__all__ = ['Finding', 'Findings', 'examine']
