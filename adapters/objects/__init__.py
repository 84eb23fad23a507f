"""Objects: in a folder of this computer, or in any S3 server."""
