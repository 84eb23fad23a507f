"""Training on this host: PyTorch, ultralytics and OpenCV behind the workshop port."""
