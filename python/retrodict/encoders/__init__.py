"""Encoders: those that theorems construct, and the laws of what they draw."""

from retrodict.encoders.unrolled import UnrolledEncoder

__all__ = ["UnrolledEncoder"]
