"""What it means to learn from photographs: data, their division, and how a model is judged."""
