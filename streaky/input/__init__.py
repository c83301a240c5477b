"""One input: its row in the table, and what its readers share."""
