"""Which questions are the same question: pairs, the clusters that they form, and what decides between two."""
