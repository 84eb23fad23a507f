"""What runs on a machine: the agent, and a rig where there is no hardware."""
