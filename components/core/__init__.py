"""What every component is given: stack context, names, tags, roles and policy documents."""
