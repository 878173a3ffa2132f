"""The answer key: what the real Keras layers give, in float64, one module per assignment."""
