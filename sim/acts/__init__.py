"""What happens between the agents in a quarter: one module per act or family of acts."""
