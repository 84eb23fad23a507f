"""Identity: argon2id password hashes (RFC 9106), access tokens as JWT (RFC 7519, RFC 9068), refresh tokens by HMAC."""
