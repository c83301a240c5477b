"""What Streaky is told: one table of inputs, their readers, the config file, and the settings they make."""
