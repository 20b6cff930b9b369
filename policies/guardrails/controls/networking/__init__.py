"""Controls on networking and content delivery."""
