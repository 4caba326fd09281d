"""How far the model says what was observed, and what it forecasts: what ``sim validate`` makes."""
