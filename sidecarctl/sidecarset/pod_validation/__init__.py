"""What the API server refuses of a Pod with its sidecars: rules of ValidatePod, and Pod Security.

The rules read a decoded Pod, and fill in the API server's defaults where a rule depends on them.
"""
