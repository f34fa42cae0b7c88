"""openimr: Independent Medical Review, from the case file to the Final Determination."""

__version__ = "0.1.0"
