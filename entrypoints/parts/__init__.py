"""Real servers for production's ports, from wheels: started as child processes on free ports, for tests and the demo.

One server, one file, each with `start`, `stop`, `suspend`, `resume`, `kill`, a `url` and a data folder.
"""
