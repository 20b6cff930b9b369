"""What pods can keep: disks of their own, encrypted, and folders of the shared file system, over TLS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core, storage

from components.workloads.labels import Labels

NOMINAL = "1Gi"
"""Kubernetes asks for a size; the file system grows by itself."""


@dataclass(frozen=True, kw_only=True)
class StorageClassesArgs:
    """What pods' storage needs.

    Attributes:
        labels: of the platform; the classes are called after it, ``acme-gp3`` and ``acme-efs``.
        namespace: of the pods.
        key_arn: of the key that encrypts disks.
        retain: a disk stays when its claim is deleted.
        file_system_id: of the shared file system.
        access_points: name -> id, of those that pods use; each is one folder.
    """

    labels: Labels
    namespace: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    retain: bool
    file_system_id: pulumi.Input[str]
    access_points: Mapping[str, pulumi.Input[str]]


class StorageClasses(pulumi.ComponentResource):
    """The default class, encrypted gp3 disks, a class of shared folders, and a claim ``files-NAME`` for each folder."""

    def __init__(self, name: str, args: StorageClassesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:StorageClasses", name, None, opts)
        self.name = name
        self.args = args
        self.disk_class, self.file_class = (f"{args.labels.project}-{kind}" for kind in ("gp3", "efs"))
        self.child = pulumi.ResourceOptions(parent=self)
        self.disks()
        self.files()
        for folder, access_point in args.access_points.items():
            self.folder(folder, access_point)
        self.register_outputs({})

    def disks(self) -> None:
        """Disks in the zone of the pod, made when it is placed, with the key of the cluster's data."""
        storage.v1.StorageClass(
            f"{self.name}-gp3",
            metadata={
                "name": self.disk_class,
                "labels": self.args.labels(),
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": self.args.key_arn},
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Retain" if self.args.retain else "Delete",
            opts=self.child,
        )

    def files(self) -> None:
        """Shared folders; the driver makes none: access points are this program's."""
        storage.v1.StorageClass(
            f"{self.name}-efs",
            metadata={"name": self.file_class, "labels": self.args.labels()},
            provisioner="efs.csi.aws.com",
            mount_options=["tls", "iam"],
            reclaim_policy="Retain",
            opts=self.child,
        )

    def folder(self, name: str, access_point: pulumi.Input[str]) -> None:
        """One folder as a volume, and the claim on it that pods name."""
        volume = f"{name}-files"
        handle = pulumi.Output.concat(self.args.file_system_id, "::", access_point)
        made = core.v1.PersistentVolume(
            f"{self.name}-{name}",
            metadata={"name": volume, "labels": self.args.labels()},
            spec={
                "capacity": {"storage": NOMINAL},
                "access_modes": ["ReadWriteMany"],
                "storage_class_name": self.file_class,
                "persistent_volume_reclaim_policy": "Retain",
                "mount_options": ["tls", "iam"],
                "claim_ref": {"namespace": self.args.namespace, "name": f"files-{name}"},
                "csi": {
                    "driver": "efs.csi.aws.com",
                    "volume_handle": handle,
                    "volume_attributes": {"encryptInTransit": "true"},
                },
            },
            opts=self.child,
        )
        core.v1.PersistentVolumeClaim(
            f"{self.name}-{name}",
            metadata={"name": f"files-{name}", "namespace": self.args.namespace, "labels": self.args.labels()},
            spec={
                "access_modes": ["ReadWriteMany"],
                "storage_class_name": self.file_class,
                "volume_name": volume,
                "resources": {"requests": {"storage": NOMINAL}},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
        )
