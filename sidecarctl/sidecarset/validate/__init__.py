"""Would the cluster take this SidecarSet? The rules of the validating webhook, one file per topic.

Every rule is a function from values to findings: nothing is read, changed or raised. `webhook.py` puts them in order.
"""
