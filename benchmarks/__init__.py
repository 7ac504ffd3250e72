"""Measurements behind the course's statements about speed. Each prints ratios from one run."""
