"""Runs over a stream of documents: work, write, print."""
