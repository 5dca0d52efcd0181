"""One action on many records: judged before anything is written, done in chunks, undone as one."""
