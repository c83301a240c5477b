"""A report as a person reads it: the job summary and the terminal."""
