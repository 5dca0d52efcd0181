"""How a clone becomes a working Coordina: standard library and Python 3.8 only, for it runs before all else."""
