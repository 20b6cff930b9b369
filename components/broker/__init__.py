"""A message broker: RabbitMQ on Amazon MQ, and what is declared in it."""
