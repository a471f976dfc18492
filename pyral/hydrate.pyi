from pyral.entity.hydrator import EntityHydrator as EntityHydrator

__all__ = [
    'EntityHydrator',
]
