"""The platform as it is deployed: processes of its own over real PostgreSQL, Redis and S3, and harm done to each."""
