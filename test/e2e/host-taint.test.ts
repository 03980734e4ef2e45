import { useLoneHost } from "../support/lone-host";

const loneHost = useLoneHost();

test.each(["ece_host", "ece_host_machine", "ece_roles_token", "terraform_data", "ece_host_roles"])(
  "a tainted %s is made anew by the next deploy, and the host goes without a trace",
  async (part) => {
    const host = loneHost();
    await host.deployWithInstances();
    const address = await host.stack.addressOf(part);

    const tainted = await host.stack.terraform(["taint", address]);
    const deployed = await host.deploy();

    expect(tainted).toMatchObject({ exitCode: 0 });
    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(deployed.output).toContain(`${address}: Destruction complete`);
    expect(deployed.output).toContain(`${address}: Creation complete`);
    await host.expectInService();
    await host.expectDestroyWithoutTrace();
  },
);
