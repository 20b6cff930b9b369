"""What every component is given: environment, keys, alarm topics, roles and policy documents."""
