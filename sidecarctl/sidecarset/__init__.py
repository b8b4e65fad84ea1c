"""The rules of the SidecarSet webhooks and controller: values in, values and findings out.

Never sees YAML, never changes what it was given.
"""
