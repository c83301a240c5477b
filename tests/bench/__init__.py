"""Benchmarks: each compares the product with a baseline in the same run and prints ratios."""
