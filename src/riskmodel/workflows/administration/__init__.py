"""What an administrator does at the pages: users, keys, models, the audit log, what is due for erasure."""
