import { useHosts } from "../ssh-session";

const startHost = useHosts();

describe("docker", () => {
  test("lists running containers, or all, by name, label and state", async () => {
    const { host, session } = await startHost();
    host.runContainer("postgres", { labels: { app: "db" } });
    host.runContainer("frc-runners-runner");
    const names = async (options: string) =>
      (await session.run(`docker ps ${options} --format '{{.Names}}'`)).stdout.split("\n").slice(0, -1);

    await session.run("docker stop postgres");

    expect(await names("")).toEqual(["frc-runners-runner"]);
    expect(await names("-a")).toEqual(["postgres", "frc-runners-runner"]);
    expect(await names("-a -f name=runners")).toEqual(["frc-runners-runner"]);
    expect(await names("--all --filter name=^/postgres$")).toEqual(["postgres"]);
    expect(await names("-a -f label=app=db")).toEqual(["postgres"]);
    expect(await names("-f status=exited")).toEqual(["postgres"]);
    expect(await names("-a -f name=postgres -f status=running")).toEqual([]);
  });

  test("prints ids with -q, which the other commands accept", async () => {
    const { host, session } = await startHost();
    const { id } = host.runContainer("postgres");

    const { stdout } = await session.run(
      "docker ps -aq; docker ps -q --no-trunc; docker inspect -f {{.Name}} $(docker ps -q)",
    );

    expect(stdout).toBe(`${id.slice(0, 12)}\n${id}\n/postgres\n`);
  });

  test("prints a table with a heading by default", async () => {
    const { host, session } = await startHost();
    host.runContainer("postgres", { image: "postgres:16" });

    expect((await session.run("docker ps")).stdout).toMatch(
      /^CONTAINER ID .* NAMES\n\w{12} .*postgres:16 .*Up .* postgres\n$/,
    );
  });

  test("inspects containers as JSON and by format", async () => {
    const { host, session } = await startHost();
    host.runContainer("postgres", { image: "postgres:16", environment: { A: "b" } });

    const { stdout } = await session.run("docker inspect postgres");
    const formatted = await session.run("docker container inspect -f '{{.State.Running}} {{.Config.Image}}' postgres");

    expect(JSON.parse(stdout)).toMatchObject([{ Name: "/postgres", Config: { Env: ["A=b"] } }]);
    expect(formatted.stdout).toBe("true postgres:16\n");
  });

  test("removes a running container only with -f, and goes on after one that does not exist", async () => {
    const { host, session } = await startHost();
    host.runContainer("one");
    host.runContainer("two");

    const gentle = await session.run("docker rm one");
    const forced = await session.run("docker rm -f none one");
    const missing = await session.run("docker inspect none");

    expect(gentle).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("container is running") as string });
    expect(forced).toMatchObject({ exitCode: 0, stdout: "one\n", stderr: "Error: No such container: none\n" });
    expect(missing.exitCode).toBe(1);
    expect(host.containers.map(({ name }) => name)).toEqual(["two"]);
  });

  test("runs containers detached, and fails with 125 if a name or port is in use", async () => {
    const { host, session } = await startHost();
    host.faults.portsInUse.add(8080);

    const first = await session.run("docker run -d --name web -e A=b=c --label x=y nginx:1 nginx -g 'daemon off;'");
    const second = await session.run("docker run --name web nginx:1");
    const third = await session.run("docker run -p 8080:80 nginx:1");

    expect(first.stdout).toBe(`${host.containers[0]?.id}\n`);
    expect(host.containers[0]).toMatchObject({
      image: "nginx:1",
      command: ["nginx", "-g", "daemon off;"],
      environment: { A: "b=c" },
      labels: { x: "y" },
    });
    expect(second).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("/web") as string });
    expect(third).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("8080") as string });
    expect(host.containers).toHaveLength(1);
  });

  test("stops and starts containers", async () => {
    const { session } = await startHost();
    const state = "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' web";

    const { stdout } = await session.run(
      `docker run -d --name web nginx >/dev/null; docker stop web; ${state}; docker start web; ${state}; docker kill web; ${state}`,
    );

    expect(stdout).toBe("web\nexited 143\nweb\nrunning 0\nweb\nexited 137\n");
  });

  test("names unknown commands, options, filters and fields", async () => {
    const { host, session } = await startHost();
    host.runContainer("postgres");

    expect((await session.run("docker swarm join")).stderr).toContain("no command 'swarm'");
    expect(await session.run("docker ps --formta x")).toMatchObject({ exitCode: 125 });
    expect(await session.run("docker ps -f volume=x")).toMatchObject({ exitCode: 1 });
    expect(await session.run("docker ps --format '{{.Nope}}'")).toMatchObject({ exitCode: 125, stdout: "" });
  });

  test("can be used only with sudo by a user outside its group", async () => {
    const { session } = await startHost({ groups: [] });

    expect(await session.run("docker ps")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/permission/) as string,
    });
    expect(await session.run("sudo docker ps -q")).toMatchObject({ exitCode: 0 });
  });

  test("fails if its daemon does not run", async () => {
    const { host, session } = await startHost();

    host.faults.engine = "stopped";
    const stopped = await session.run("docker info");
    host.faults.engine = "running";

    expect(stopped).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/Cannot connect/) as string });
    expect(await session.run("docker info")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/27\./) as string,
    });
  });
});

describe("podman", () => {
  test("shows ECE's containers with sudo, podman-remote and the docker wrapper, but not in the user's own engine", async () => {
    const { host, session } = await startHost({ engine: "podman" });
    host.runContainer("frc-runners-runner");
    const names = (command: string) => session.run(`${command} ps -a --format '{{.Names}}'`);

    for (const command of ["sudo podman", "podman-remote --url unix:///var/run/docker.sock", "docker"])
      expect(await names(command)).toMatchObject({ exitCode: 0, stdout: "frc-runners-runner\n" });

    expect(await names("podman")).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("does not let the user's own engine remove root's containers", async () => {
    const { host, session } = await startHost({ engine: "podman" });
    host.runContainer("frc-runners-runner");

    await session.run("podman rm -f frc-runners-runner");

    expect(host.containers).toHaveLength(1);
  });
});
