"""Statements found by file, judged in worker processes, kept on disk."""
