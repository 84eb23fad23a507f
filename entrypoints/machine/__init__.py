"""What runs on a machine: the agent, and a rig or a body where there is no hardware."""
