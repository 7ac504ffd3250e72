"""Long trainings that are measured: what they train, how they run and resume, what they have given, pictures of it."""
