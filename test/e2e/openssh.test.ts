import { TerraformVariable } from "cdktf";
import { createHash } from "node:crypto";
import { EceHost, HostKey } from "../../lib";
import { installerScript } from "../../lib/simulator/host";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { hasSshd, useOpensshServer } from "../support/openssh-server";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const sshd = useOpensshServer(simulator);
const stack = useHostStack(simulator);

if (!hasSshd)
  console.warn("Skipped: OpenSSH's server is not at /usr/sbin/sshd (Debian: apt-get install openssh-server).");

(hasSshd ? test : test.skip)(
  "OpenSSH's own server carries an install that loses its connection, the one that attaches to it, and the cleanup",
  async () => {
    const [host] = simulator().hosts;
    const atStart = simulator().state();
    // Another one than the host has.
    const installer = `${installerScript("4.0.3")}# uploaded\n`;
    const installerFile = stack().sandbox.writeFile("elastic-cloud-enterprise.sh", installer);
    const pause = host!.faults.pauseInstall();
    const deploy = () =>
      stack().deploy((scope) => {
        // The machine's user may be root, whom a literal must not name.
        const user = new TerraformVariable(scope, "user", { default: sshd().user }).stringValue;
        const install = sshTo(host!, {
          port: sshd().port,
          user,
          hostKey: HostKey.of(sshd().hostKey),
          installerFile,
          installerSha256: createHash("sha256").update(installer).digest("hex"),
        });
        new EceHost(scope, "host", { ...allocatorOn(host!, simulator()), install });
      });

    const deploying = deploy();
    await pause.reached;
    sshd().killSessions();
    const cut = await deploying;
    pause.release();
    const deployed = await deploy();
    const plan = await stack().plan();
    const joined = simulator()
      .state()
      .runners.find(({ runnerId }) => runnerId === host!.runnerId);
    const destroyed = await stack().destroy();

    expect(cut).toMatchObject({ exitCode: 1 });
    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(joined).toMatchObject({ connected: true });
    expect(host!.installs).toHaveLength(1);
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(destroyed).toMatchObject({ exitCode: 0 });
    expect(host!.containers).toEqual([]);
    expect(
      simulator()
        .state()
        .runners.map(({ runnerId }) => runnerId),
    ).toEqual(atStart.runners.map(({ runnerId }) => runnerId));
    expect(sshd().messages).toContain("Accepted publickey");
  },
);
