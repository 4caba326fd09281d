"""The model beside what has been observed, hits and misses alike: docs/patterns.md, by ``sim validate``."""
