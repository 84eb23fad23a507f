"""Ed25519 (RFC 8032) by the cryptography package, keys in PEM files (PKCS #8, RFC 5958)."""
