"""The steps of a team's run and what they are told; apart from what they do, which no other command loads."""

from __future__ import annotations

STEPS = {
    "plan": "say which shards have to run now, as a matrix of jobs",
    "check": "guard the people of one shard",
    "left": "say which shards left something for a fresh runner, as a matrix of jobs",
    "report": "put the results of all shards together",
}
# What the steps are told, beside the inputs of everybody: flag, variable, default, and what it is.
OPTIONS = {
    "shard": ("STREAKY_SHARD", "", "the shard to guard, K/N; 1/1 guards everybody"),
    "roster": ("STREAKY_ROSTER", "roster", "the roster's folder"),
    "results": ("STREAKY_RESULTS", "", "the folder that results are written to, and read from"),
    "left": ("STREAKY_LEFT", "", "the folder with what earlier jobs left, to go on for them"),
}
