/**
 * Allocators on EC2 instances that install ECE on themselves when they first start.
 *
 * Steps
 *   1. Build an AMI that meets Elastic's requirements of a host: Docker or Podman, XFS at /mnt/data, a user `elastic` with an
 *      id of 1000 or more who can run containers.
 *   2. Put your subnets and addresses into MACHINES: an address is the host's name on the platform, so it must be known
 *      before the instance is there.
 *   3. npm install @cdktf/provider-aws
 *   4. export ECE_ENDPOINT=https://coordinator.example:12443 ECE_CA_CERTIFICATE_FILE=$PWD/ca.pem ECE_API_KEY=…
 *      export ECE_COORDINATOR_HOST=10.0.0.10 ECE_AMI=ami-… AWS_REGION=eu-central-1 AWS_PROFILE=…
 *   5. npx cdktf-cli deploy
 *   6. npx cdktf-cli destroy
 */
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { EceHost, EceProvider, EceRole, HostInstall, HostToken, MemorySettings } from "cdktf-ece";

const MACHINES = [
  { subnetId: "subnet-0a1b2c3d4e5f60001", privateIp: "10.0.1.11", availabilityZone: "ece-zone-1" },
  { subnetId: "subnet-0a1b2c3d4e5f60002", privateIp: "10.0.2.11", availabilityZone: "ece-zone-2" },
  { subnetId: "subnet-0a1b2c3d4e5f60003", privateIp: "10.0.3.11", availabilityZone: "ece-zone-3" },
];

const app = new App();
const stack = new TerraformStack(app, "allocators");
new EceProvider(stack, "ece");
new AwsProvider(stack, "aws");

for (const [index, { subnetId, privateIp, availabilityZone }] of MACHINES.entries()) {
  const host = new EceHost(stack, `allocator-${index + 1}`, {
    runnerId: privateIp,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: required("ECE_COORDINATOR_HOST"),
    availabilityZone,
    memorySettings: MemorySettings.medium(),
    // User data can be read for as long as the instance lives, so the token in it ends when the host has joined.
    token: HostToken.persistent({ revokeAfterJoin: true }),
    install: HostInstall.userData(),
  });
  const instance = new Instance(stack, `allocator-${index + 1}-vm`, {
    ami: required("ECE_AMI"),
    instanceType: "r6i.4xlarge",
    subnetId,
    privateIp,
    // Frozen with the host: the instance is replaced when its host is, and only then.
    userDataBase64: host.userData,
    // One hop: containers cannot read the user data.
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    tags: { Name: `ece-allocator-${index + 1}` },
  });
  host.afterVm(instance);
}
app.synth();

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`Set ${name}; see the steps at the top of this program.`);
  return value;
}
