"""The controller: which Pods count, in which order they are upgraded, and what each reconcile changes.

Upstream: pkg/controller/sidecarset, pkg/control/sidecarcontrol, pkg/util/updatesort
"""
