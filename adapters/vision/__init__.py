"""Seeing: pictures are read, ONNX models find and name the item, OpenCV tells it from the ground."""
