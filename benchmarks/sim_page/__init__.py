"""How fast ``sim page`` is in a real browser, alone and with eight users, beside the same model in Solara."""
