"""`python -m skipgate`."""

from skipgate.main import main

if __name__ == "__main__":
    main()
