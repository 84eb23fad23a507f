"""The only place where things meet: settings, container, commands, servers and screens."""
