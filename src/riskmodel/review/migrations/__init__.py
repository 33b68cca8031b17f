"""Steps from each version of the database's tables to the next. A step is never changed once it was released."""
