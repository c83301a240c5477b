"""GitHub's REST in the sandbox: which routes there are, and what they answer."""
