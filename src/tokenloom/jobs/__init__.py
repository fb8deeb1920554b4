"""Runs as jobs: submitting, queueing, launching, watching, steering. Light: never imports torch."""
