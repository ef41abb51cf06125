"""Files of a model, and where it is cut in two."""

LOWER, UPPER, SINGLE = "lower_quantized.onnx", "upper_quantized.onnx", "model_quantized.onnx"
"""In the directory `onnx` of a packaged model: two parts with an exit between them, or all in one."""
EXIT_FILE = "exit.safetensors"
"""The exit of a PyTorch model, beside its weights."""
EXIT_LAYER = 3
"""Number of layers below the exit."""
