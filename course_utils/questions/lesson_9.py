"""The exercises of lesson 9 (CONTRIBUTING.md says how to write one)."""
