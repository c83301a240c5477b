"""GitHub, Discord, Telegram and a webhook receiver on loopback, with the real ones' rules, limits and faults.

    with Sandbox() as sandbox:
        sandbox.github.person("octocat", contributions={date(2026, 11, 22): 3})
        hook = sandbox.discord.add_webhook()
        sandbox.discord.fail(Fault.status(503), times=2)
        ...                                # run anything against sandbox.github.url and hook.url
        assert hook.messages

Real HTTP, in this process, no network. It imports nothing of the product, so that neither can repeat a
mistake of the other. Only GitHub's GraphQL needs graphql-core, and only once it is asked.
"""

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.faults import Fault
from streaky.sandbox.sandbox import Sandbox

__all__ = ["Fault", "Request", "Response", "Sandbox"]
