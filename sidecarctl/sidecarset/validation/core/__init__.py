"""Validation of containers and volumes: Kubernetes' rules."""
