"""Our voices as voicebanks of OpenUtau: the whole of singing as ONNX graphs, with dictionaries and descriptions beside them."""
