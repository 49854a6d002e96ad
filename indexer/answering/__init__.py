"""From a visitor's words, a draft or a document to what is shown: hits, cards, topics, spelling, notices."""
