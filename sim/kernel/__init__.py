"""What compiled code is made of: columns, parameters, keyed draws, and the compiler with its cache."""
