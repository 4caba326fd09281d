"""Reports as other files than HTML."""
