"""What is true out there: guidelines, facts, treatments and programs as dated, cited data. No code."""
