package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

type Provider struct{ pulumi.ProviderResourceState }

type Key struct{ pulumi.CustomResourceState }

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var jakarta Provider
		err := ctx.RegisterResource("pulumi:providers:aws", "jakarta", pulumi.Map{
			"region":            pulumi.String("ap-southeast-3"),
			"allowedAccountIds": pulumi.String(`["123456789012"]`),
		}, &jakarta)
		if err != nil {
			return err
		}
		for name, rotates := range map[string]bool{"key": false, "rotated": true} {
			var key Key
			err := ctx.RegisterResource("aws:kms/key:Key", name, pulumi.Map{
				"description":       pulumi.String(name),
				"enableKeyRotation": pulumi.Bool(rotates),
			}, &key, pulumi.Provider(&jakarta))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
