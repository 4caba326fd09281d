"""What each kind of agent decides: pure rules, compiled into the acts."""
