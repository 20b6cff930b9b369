"""Mock providers for AWS, EKS, Kubernetes, random and TLS, so that every Pulumi command runs without an account.

    __main__.py    the process that the engine attaches to (`smile offline` starts it)
    server/        gRPC: what the engine sends, as operations of a provider
    providers/     AWS, Kubernetes, EKS's components, random and TLS
    invokes/       results of provider functions
    cloud/         the mock AWS: what exists, what AWS refuses, and how it agrees with the engine's state
    outputs/       identifiers, names and computed outputs of resources
    provider.py    what a provider does: check, diff, create, read, update, delete, invoke
    schema/        what is known of each resource type, read from installed packages
    wire/          values as the engine sends them; secrets

Each imports only what stands below it.
"""
