"""Findings and explanations in the formats of people and programs."""
