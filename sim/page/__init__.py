"""The page: the simulator in a browser, for those who sit around one screen."""
