"""The agent, in its jail: the loop, the tools' schemas and a transport that is only a pipe.

    spawn(Role.AGENT, ...)                   # runs sandbox.agent.loop.main(channel, inherited)
    channel.send(Begin(model=..., system=..., tools=msgspec.Raw(tools_json())), conversation)

It imports nothing of Preceptor but messages and errors, so reading this folder tells what can happen in there.
"""

from .tools import TOOLS, tools_json

__all__ = ["TOOLS", "tools_json"]
