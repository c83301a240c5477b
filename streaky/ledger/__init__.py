"""The ledger: what was claimed, sent or failed for each slot and channel, and a line for each day."""
