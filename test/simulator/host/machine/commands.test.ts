import { useHosts } from "../ssh-session";

const startHost = useHosts();

test("id, whoami, groups and hostname show the host's user, not that of the real machine", async () => {
  const { session } = await startHost({ runnerId: "10.0.0.7" });

  const { stdout } = await session.run(
    "id; id -u; id -gn; id -nG; id -G elastic; whoami; groups; hostname; hostname -I",
  );

  expect(stdout.split("\n")).toEqual([
    "uid=1000(elastic) gid=1000(elastic) groups=1000(elastic),990(docker)",
    "1000",
    "elastic",
    "elastic docker",
    "1000 990",
    "elastic",
    "elastic docker",
    "host-10-0-0-7",
    "10.0.0.7",
    "",
  ]);
});

test("id knows no other users", async () => {
  const { session } = await startHost();

  expect(await session.run("id nobody")).toMatchObject({ exitCode: 1, stderr: "id: 'nobody': no such user\n" });
});

test("sudo runs a command as root, understands its options, and passes arguments on unchanged", async () => {
  const { session } = await startHost();

  const { stdout } = await session.run(
    `sudo id -u; sudo -n -u root -- id -un; sudo -u elastic id -u; sudo A='b  c' sh -c 'echo "$A|$1"' sh 'd  e'`,
  );

  expect(stdout).toBe("0\nroot\n1000\nb  c|d  e\n");
});

test("ss shows only the listeners that the test added", async () => {
  const { host, session } = await startHost();
  const before = await session.run("ss -Hltn");

  host.faults.portsInUse.add(21000);

  expect(before.stdout).toBe("");
  expect((await session.run("ss -Hltn")).stdout).toMatch(/^LISTEN .* 0\.0\.0\.0:21000 /);
  expect((await session.run("ss -ltn")).stdout).toMatch(/^State .*\nLISTEN/);
});

test("the management commands and container engines of the real machine are not on PATH", async () => {
  const { host, session } = await startHost();
  host.faults.engine = "missing";

  const { stdout } = await session.run("command -v docker podman systemctl reboot apt-get; docker ps; echo $?");

  expect(stdout).toBe("127\n");
});

test("the coordinator answers on the ports of ECE, and timeout is the real one else", async () => {
  const { session } = await startHost();
  const tried = (address: string) =>
    session.run(
      `timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${address} 1; echo $?; timeout 5 sh -c 'exit 3'; echo $?`,
    );

  expect((await tried("192.168.44.10")).stdout).toBe("0\n3\n");
  expect((await tried("127.0.0.1")).stdout).toBe("1\n3\n");
});
