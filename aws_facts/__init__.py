"""Facts about AWS that settings, components and controls share: data only, each with its source."""
