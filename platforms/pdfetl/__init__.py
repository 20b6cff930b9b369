"""PDF ETL: uploaded PDF files become packages of text and embeddings."""
