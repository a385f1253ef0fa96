"""What can't be the same in every world, and why: by call and family as it stands in the log, the reason.

A regular expression for the call; it has to differ, as a reason for what is the same is stale.
"""

DIFFERENCES = [
]
