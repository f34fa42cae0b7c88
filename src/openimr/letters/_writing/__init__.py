"""From a determination to a letter."""
