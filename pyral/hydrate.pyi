from pyral.entity.hydrator import EntityHydrator as EntityHydrator
