"""Every change to tasks, habits, blocks and plans."""
