"""From a letter to a determination."""
