"""``python -m leao`` is the command ``leao``."""

from leao.cli import main

if __name__ == "__main__":
    main()
