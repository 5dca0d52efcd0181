"""What is known about other programs: the tables of their exports, as data. It writes nothing itself."""
