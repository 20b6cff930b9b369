"""Services on EC2 instances: as many equal machines as there is work, each set up by cloud-init at its first boot."""
