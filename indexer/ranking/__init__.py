"""In what order: the weight of a term in a document, the arrays that hold it, and the sums that rank by it."""
