"""Every operation of the API, held to its own description by requests that nobody wrote by hand."""
