"""Answers: from a visitor's words or a document to hits and cards; the policy of search and see-also."""
