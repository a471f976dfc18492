from pyral.rows.columns import Column as Column
from pyral.rows.table import Rows as Rows

__all__ = ['Column', 'Rows']
