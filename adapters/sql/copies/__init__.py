"""The store as a whole: copied out while it is used, and brought back.

Whatever the store is, its copy is one SQLite file of the same tables: `rvm prove` reads it as it lies there, and what
was taken from one engine may be brought back on the other.
"""
