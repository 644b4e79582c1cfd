"""The findings package: the only contract between the engine and what comes after it."""
