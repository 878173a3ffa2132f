"""Grades deep-learning notebooks against Keras; the student's code runs in a sealed process."""
