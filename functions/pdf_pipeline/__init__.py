"""What the functions of the PDF pipeline share: documents, embeddings, packages, the table of jobs."""
