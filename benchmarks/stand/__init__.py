"""What benchmarks stand on: machines that write true journals, servers, callers, and what PostgreSQL says it ran."""
