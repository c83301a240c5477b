"""GitHub's GraphQL in the sandbox: its schema's excerpt, and how it shows repositories and issues."""
