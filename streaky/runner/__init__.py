"""The Actions runner: the run that this process is part of, and what it may tell the runner."""
