"""Handing jobs to whoever runs them: threads of this process, or worker processes by Dramatiq over Redis."""
