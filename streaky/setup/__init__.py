"""`streaky setup`: somebody's repository, workflow, secrets and test alert, made in one command."""
