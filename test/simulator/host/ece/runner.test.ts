import { existsSync, readFileSync } from "node:fs";
import { SshSession } from "../ssh-session";
import { tokenFor } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";
import type { SimulatedHost } from "../../../../lib/simulator";

const simulator = useSimulator({ hosts: 2 });

async function install(index: number, roles: readonly string[] = ["allocator"]): Promise<SshSession> {
  const host = simulator().hosts[index]!;
  const session = await SshSession.open(host);
  const token = tokenFor(simulator().platform, roles);
  const { exitCode, stderr } = await session.run(
    `elastic-cloud-enterprise.sh install --coordinator-host 127.0.0.1 --roles-token ${token} ` +
      `--roles ${roles.join(",")} --runner-id ${host.runnerId} </dev/null`,
  );
  expect([exitCode, stderr]).toEqual([0, ""]);
  return session;
}

function runnerFile(host: SimulatedHost, path: string): string {
  return host.locate(`/mnt/data/elastic/${host.runnerId}/services/${path}`)!;
}

describe("an installed host", () => {
  test("says who it is by its runner's environment, mount and image, also when the runner is stopped", async () => {
    const session = await install(0);
    const inspect = (template: string) => session.run(`docker inspect -f '${template}' frc-runners-runner`);

    const exec = await session.run(
      `docker exec frc-runners-runner sh -c 'echo $RUNNER_ID $HOST_STORAGE_PATH $ELASTIC_UID $ELASTIC_GID'`,
    );
    expect(exec).toMatchObject({ exitCode: 0, stdout: "192.168.44.11 /mnt/data/elastic 1000 1000\n" });

    await session.run("docker stop -t 5 frc-runners-runner");
    const stopped = await session.run("docker exec frc-runners-runner sh -c 'echo $RUNNER_ID'");
    expect(stopped).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("not running") as string,
    });
    expect(await inspect('{{range .Mounts}}{{if eq .Destination "/app/logs"}}{{.Source}}{{end}}{{end}}')).toMatchObject(
      {
        stdout: "/mnt/data/elastic/192.168.44.11/services/runner/logs\n",
      },
    );
    expect(await inspect("{{.State.Running}} {{.Config.Image}}")).toMatchObject({
      stdout: "false docker.elastic.co/cloud-enterprise/elastic-cloud-enterprise:4.0.3\n",
    });
  });

  test("holds secrets in its runner's environment, which the test can ask for", async () => {
    const session = await install(0, ["allocator", "director"]);

    const { stdout } = await session.run(
      "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' frc-runners-runner",
    );

    const [shared, readWrite] = simulator().hosts[0]!.plantedSecrets.slice(-2);
    expect(stdout).toContain(`FOUND_RUNNERS_SHARED_ZK=${shared}\nFOUND_ZK_READWRITE=${readWrite}\n`);
  });

  test("has files that say which platform it is of, and are kept up to date", async () => {
    const session = await install(0, ["director"]);
    const host = simulator().hosts[0]!;
    const managed = `/mnt/data/elastic/${host.runnerId}/services/client-forwarder/managed`;

    expect((await session.run(`cat ${managed}/ca-file.pem`)).stdout).toBe(simulator().platform.authority);
    expect((await session.run(`grep ^connect ${managed}/stunnel.conf`)).stdout).toBe(
      "connect = 192.168.44.10:12191\nconnect = 192.168.44.11:12191\n",
    );
    simulator().platform.setRoles(host.runnerId, ["director", "coordinator"]);

    const state: unknown = JSON.parse(
      readFileSync(runnerFile(host, "client-forwarder/managed/ensemble-state-file.json"), "utf8"),
    );
    expect(state).toMatchObject({
      coordinators: {
        "192.168.44.10": { public_hostname: "192.168.44.10" },
        "192.168.44.11": { public_hostname: "192.168.44.11" },
      },
    });
    for (const path of ["runner/logs", "runners/containers/docker", "zookeeper/data"])
      expect([path, existsSync(runnerFile(host, path))]).toEqual([path, true]);
  });

  test("has the platform's new version after an upgrade in place", async () => {
    const session = await install(0);

    simulator().platform.upgrade("4.1.0");

    expect(await session.run("docker inspect -f '{{.Config.Image}}' frc-allocators-allocator")).toMatchObject({
      stdout: expect.stringMatching(/:4\.1\.0\n$/) as string,
    });
  });
});

describe("instances", () => {
  const data = ({ clusterId, instanceName }: { clusterId: string; instanceName: string }) =>
    `allocator/containers/elasticsearch/${clusterId}/${instanceName}/data`;
  const instancesOn = (host: SimulatedHost) =>
    host.containers.map(({ name }) => name).filter((name) => name.startsWith("fac-"));

  test("run in containers with data folders where they are placed, and go with all of it when they move", async () => {
    await install(0);
    await install(1);
    const [from, to] = simulator().hosts as [SimulatedHost, SimulatedHost];
    const { platform } = simulator();
    platform.allocators.startMaintenance(platform.allocators.find("192.168.44.10"));

    const [first, second] = platform.placeInstances(from.runnerId, 2);
    expect(instancesOn(from)).toEqual([
      `fac-${first!.clusterId}-instance-0000000000`,
      `fac-${second!.clusterId}-instance-0000000001`,
    ]);
    expect(existsSync(runnerFile(from, data(first!)))).toBe(true);
    platform.allocators.startMaintenance(platform.allocators.find(from.runnerId));
    platform.moveInstances(from.runnerId, { clusterIds: new Set([first!.clusterId]) }, false);

    expect(instancesOn(from)).toEqual([`fac-${second!.clusterId}-instance-0000000001`]);
    expect(instancesOn(to)).toEqual([`fac-${first!.clusterId}-instance-0000000000`]);
    expect(existsSync(runnerFile(from, `allocator/containers/elasticsearch/${first!.clusterId}`))).toBe(false);
    expect(existsSync(runnerFile(to, data(first!)))).toBe(true);
    platform.moveInstances(from.runnerId, {}, false);
    expect(instancesOn(from)).toEqual([]);
  });

  test("change only while the host is on the network and its runner runs", async () => {
    const session = await install(0);
    const host = simulator().hosts[0]!;
    const { platform } = simulator();

    await session.run("docker stop frc-runners-runner");
    platform.placeInstances(host.runnerId, 1);
    expect(instancesOn(host)).toEqual([]);
    await session.run("docker start frc-runners-runner");
    expect(instancesOn(host)).toHaveLength(1);
    host.disconnect();
    platform.placeInstances(host.runnerId, 1);
    expect(instancesOn(host)).toHaveLength(1);
    host.reconnect();

    expect(instancesOn(host)).toHaveLength(2);
  });

  test("that somebody removed are not started again", async () => {
    const session = await install(0);
    const host = simulator().hosts[0]!;
    simulator().platform.placeInstances(host.runnerId, 1);

    await session.run("docker rm -f $(docker ps -q -f name=^fac-)");
    simulator().platform.placeInstances("192.168.44.10", 1);

    expect(instancesOn(host)).toEqual([]);
  });
});

test("a runner is connected as long as one machine runs it", async () => {
  await install(0);
  const { platform } = simulator();
  const other = {};
  platform.reconnect("192.168.44.11", other);

  simulator().hosts[0]!.disconnect();
  expect(platform.runners.find("192.168.44.11").connected).toBe(true);
  platform.disconnect("192.168.44.11", other);

  expect(platform.runners.find("192.168.44.11").connected).toBe(false);
});

test("a host reaches each ZooKeeper server at a port of its own, while its runner runs", async () => {
  const session = await install(0, ["director"]);
  const ask = (port: number) => session.run(`echo mntr | nc -w 3 localhost ${port}`);

  const [leader, follower, nobody] = [await ask(2191), await ask(2192), await ask(2193)];
  await session.run("docker stop -t 5 frc-runners-runner");
  const stopped = await ask(2191);

  expect(leader.stdout).toMatch(/zk_server_state\tleader[^]*zk_synced_followers\t1/);
  expect(follower).toMatchObject({ exitCode: 0, stdout: "zk_server_state\tfollower\n" });
  expect([nobody.exitCode, stopped.exitCode]).toEqual([1, 1]);
});
