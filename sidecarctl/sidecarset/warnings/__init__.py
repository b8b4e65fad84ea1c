"""What the webhook lets through and a user will hit later: warnings of our own.

`codes.py` has a row for each of them, `lone.py` and its neighbours a function; `change.py` compares with what was there
before, `pods.py` looks at the pods.
"""
