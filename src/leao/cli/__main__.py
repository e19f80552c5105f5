"""``python -m leao.cli`` is ``leao``."""

from leao.cli import main

main()
