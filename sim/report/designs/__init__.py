"""Reports of designs: what a factor changes, what factors change together, what a budget buys."""
