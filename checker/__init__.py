"""The elaborated model and the engines that explore it."""
