"""How tests make the S3 adapter over a server."""

from adapters.objects.s3 import S3Objects, S3Place


def s3_objects(server, prefix):
    return S3Objects(S3Place(server.url, "", server.access_key, server.secret_key, "us-east-1", prefix))
