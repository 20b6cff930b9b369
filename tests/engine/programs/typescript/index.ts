import * as pulumi from "@pulumi/pulumi";

class Provider extends pulumi.ProviderResource {}

class Key extends pulumi.CustomResource {
    constructor(name: string, properties: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
        super("aws:kms/key:Key", name, properties, options);
    }
}

const provider = new Provider("aws", "jakarta", { region: "ap-southeast-3", allowedAccountIds: '["123456789012"]' });
new Key("key", { description: "never changes", enableKeyRotation: false }, { provider });
new Key("rotated", { description: "changes", enableKeyRotation: true }, { provider });
