"""What is known of each resource type, by reflection on installed packages."""
