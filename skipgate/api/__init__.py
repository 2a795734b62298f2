"""skipgate from Python. `import skipgate` offers what is in here; the engines are imported when they are called."""
