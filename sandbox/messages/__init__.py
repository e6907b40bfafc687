"""Everything one process of Preceptor may say to another, as types.

`desk` holds the JSON lines between desk (or command line) and the two sessions; `model_door` what agent
and gate say to each other; `data_door` what program and broker say; `frames` carries the last two over
pipes. The jailed packages import nothing of Preceptor but this, `errors` and themselves.
"""
