"""The step's hot parts, each as one autograd function."""
