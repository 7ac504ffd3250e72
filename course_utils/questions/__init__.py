"""The exercises, a module a lesson: what is asked, what is right, what is wrong and why, hints and solutions."""
