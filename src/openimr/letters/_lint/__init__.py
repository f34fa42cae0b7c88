"""What is wrong with a letter: checks before it leaves, or over a published body."""
